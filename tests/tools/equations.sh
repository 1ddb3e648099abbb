#!/bin/sh
# SPDX-License-Identifier: MIT
# equations.sh WHAT N: a model with N equations in one component (WHAT: equations, joined), N lets that follow from one
# another (lets), N connections (connections), or N components (components).
set -eu
awk -v what="${1:?what}" -v n="${2:?how many}" 'BEGIN {
  print "neuron cell {\n  input I\n  state v = 0\n  dv/dt = (I - v)/(10 ms)"
  if (what == "lets") {
    print "  let a0 = 0.5*v"
    for (k = 1; k <= n; k++) printf "  let a%d = 0.5*a%d + %d\n", k, k - 1, k % 7
    printf "  state w = 0\n  dw/dt = (a%d - w)/(20 ms)\n", n
  }
  for (k = 1; k <= n && (what == "equations" || what == "joined"); k++) {
    printf "  param k%d = %d ms\n  state s%d = 0\n", k, k, k
    printf "  ds%d/dt = (1 - s%d)*exp(-s%d)/k%d\n", k, k, (what == "joined" && k > 1) ? k - 1 : k, k
  }
  print "}\nsynapse link { post.I += pre.v }"
  for (k = 1; k <= n && what == "components"; k++)
    printf "neuron cell%d {\n  state v = 0\n  dv/dt = (1 - v)/(%d ms)\n}\npopulation p%d : cell%d\n", k, k, k, k
  print "population cells : cell[4]"
  for (k = 1; k <= n && what == "connections"; k++) printf "connect c%d: cells -> cells via link by one_to_one\n", k
  print "run 1 ms"
}'
