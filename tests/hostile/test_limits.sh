#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Models at a limit of src/support/limits.h (or of what the stack takes) are read; those one beyond it end in one clear
# error, within seconds.
set -u
: "${NSA:?the tool}"
failed=0
fail() { failed=1; echo "FAILED: $*"; }

# NAME.nsa, and what is said of it in NAME.says (nothing: it is right).
/usr/bin/python3 -B - <<'EOF'
import pathlib

CELL = "neuron cell { state v = 0\n input I\n dv/dt = (I - v)/(10 ms) }\n"
HEAD = "timescale fast = 1 ms\n" + CELL
TAIL = "population p : cell[4]\nrun 10 ms\n"


def model(name, text, says=""):
    pathlib.Path(name + ".nsa").write_text(text)
    pathlib.Path(name + ".says").write_text(says)


def pair(name, most, text, says):
    """text(n) is a model with n of what is limited to `most`."""
    model(name + "_most", text(most))
    model(name + "_beyond", text(most + 1), says)


def lines(n, line):
    return "".join(line(i) for i in range(n))


pair("timescales", 16, lambda n: lines(n, lambda i: f"timescale t{i} = {i + 1} ms\n") + CELL + TAIL,
     "a model has more than 16 timescales")
pair("events", 32,
     lambda n: "neuron cell { state v = 0\n dv/dt = 1/s\n"
     + lines(n, lambda i: f"event e{i} when v > {i} {{ v = 0 }}\n") + "}\n" + TAIL,
     "a component has more than 32 events")
pair("extends", 32,
     lambda n: "neuron c1 { state v = 0\n dv/dt = 1/s }\n"
     + lines(n - 2, lambda i: f"neuron c{i + 2} extends c{i + 1} {{ }}\n")
     + f"neuron cell extends c{n - 1} {{ }}\n" + TAIL,
     "components extend each other more than 32 deep")
model("lets", "neuron cell { state v = 0\n let l0 = v\n" + lines(600, lambda i: f" let l{i + 1} = l{i} + 1\n")
      + " dv/dt = l600/s }\n" + TAIL)
model("lets_backwards", "neuron cell { state v = 0\n" + lines(300, lambda i: f" let l{i} = l{i + 1} + 1\n")
      + " let l300 = v\n dv/dt = l0/s }\n" + TAIL, "lets depend on each other more than 256 deep")
pair("rounds", 100000,
     lambda n: HEAD + TAIL + f"for i in 1..10 {{ for j in 1..{(n - 10) // 10 + (n > 100000)} {{ drive p.I = 1 from 1 ms for 1 ms }} }}\n",
     "loops inside one another have more than 100000 rounds in all")
pair("functions", 64,
     lambda n: "function f0(x) = x + 1\n" + lines(n - 1, lambda i: f"function f{i + 1}(x) = f{i}(x)\n")
     + f"neuron cell {{ state v = 0\n dv/dt = f{n - 1}(v)/s }}\n" + TAIL,
     "functions call each other more than 64 deep")
pair("parentheses", 250,
     lambda n: "neuron cell { state v = 0\n dv/dt = " + "(" * n + "v" + ")" * n + "/s }\n" + TAIL, "")
model("parentheses_deep", "neuron cell { state v = 0\n dv/dt = " + "(" * 300 + "v" + ")" * 300 + "/s }\n" + TAIL,
      "brackets and blocks are nested deeper than 256")
model("blocks_deep", "neuron cell { state v = 0\n each step { " + "if v > 0 { " * 300 + "v = 0" + " }" * 300 + " } }\n" + TAIL,
      "brackets and blocks are nested deeper than 256")
model("name_long", HEAD + "population " + "p" * 256 + " : cell[4]\nrun 10 ms\n", "this name is longer than 255 bytes")
model("number_long", HEAD + "population p : cell[4]\nrun " + "1" * 256 + " ms\n", "this number is longer than 255 characters")
model("syntax_errors", HEAD + "connect\n" * 150 + TAIL, "after 100 syntax errors the rest of the file is not read")
model("calls", "function f0(x) = x*x\n" + lines(20, lambda i: f"function f{i + 1}(x) = f{i}(x) + f{i}(x + 1)\n")
      + "neuron cell { state v = 0\n dv/dt = f20(v)/s }\n" + TAIL,
      "functions call each other more than 200000 times in all")
for i in range(1, 40):
    model(f"import{i}", f'import "import{i + 1}.nsa"\n' if i < 39 else CELL)
model("imports", 'import "import1.nsa"\n' + TAIL, "files import each other more than 32 deep")
model("channel", HEAD + TAIL + "environment e : external { channel c[200000000]; action move = 4 }\nact e = sample(1) every 10 ms\n",
      "must be a whole number from 1 to 100000000, not 2e+08")
model("channels", HEAD + TAIL + "environment e : external { " + lines(33, lambda i: f"channel c{i}; ")
      + "action move = 4 }\nact e = sample(1) every 10 ms\n", "an environment has at most 32 channels")
EOF
rm -f import*.says

for says in *.says; do
  name=${says%.says}
  timeout 20 "$NSA" check --json "$name.nsa" > "$name.txt" 2>&1
  code=$?
  if [ -s "$says" ]; then
    [ "$code" -eq 1 ] || fail "$name: exit code $code, not 1: $(head -n 2 "$name.txt")"
    grep -qF -f "$says" "$name.txt" || fail "$name: does not say \"$(cat "$says")\": $(head -n 2 "$name.txt")"
  else
    [ "$code" -eq 0 ] || fail "$name: exit code $code, not 0: $(head -n 2 "$name.txt")"
  fi
done
exit $failed
