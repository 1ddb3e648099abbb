/* SPDX-License-Identifier: MIT */
/* main.c - nsa on the command line. */
#include "driver/driver.h"

int main(int argc, char **argv) { return driver_main(argc, argv); }
