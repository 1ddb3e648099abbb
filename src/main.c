/* SPDX-License-Identifier: MIT */
/* main.c - nsa on the command line. */
#include "driver/driver.h"
#include "nsa_input.h"

int main(int argc, char **argv) {
  nsa_input_guard();
  return driver_main(argc, argv);
}
