# SPDX-License-Identifier: MIT
"""Which file uses which, by its includes and by what its object file calls, against the rooms of rooms.txt.

  rooms.py SOURCE BUILD     prints each arrow that points the wrong way, each circle of files that is too long, and
                            each symbol that is not static though no other file uses it
  rooms.py --test           tries the rules on a house made up for it

A circle (files that all reach one another by calls) may have up to four files, and lies within one room."""
import pathlib
import re
import subprocess
import sys

LONGEST_CIRCLE = 4


# ---- the graphs: file -> {file it uses: by what} ----

def graph_of_includes(root, files):
    names = set(files)
    graph = {}
    for file in files:
        uses = graph.setdefault(file, {})
        for included in re.findall(r'^\s*#\s*include\s*"([^"]+)"', (root / file).read_text(), re.M):
            for base in ("src/", "runtime/src/", "runtime/"):
                if base + included in names:
                    uses[base + included] = "includes it"
    return graph


def symbols_by_file(build):
    """Source -> the symbols that its object file defines for others, and those it wants from them."""
    def source_of(o):
        return re.sub(r".*/CMakeFiles/[^/]+\.dir/(.*)\.o$", r"\1", o)

    objects = sorted(map(str, pathlib.Path(build).glob("**/CMakeFiles/*.dir/**/*.o")))
    listing = subprocess.run(["nm", "-A", *objects], stdout=subprocess.PIPE, text=True, check=True).stdout
    symbols = {source_of(o): (set(), set()) for o in objects}
    for line in listing.splitlines():
        o, rest = line.split(":", 1)
        defined, wanted = symbols[source_of(o)]
        kind, name = rest.split()[-2:]
        if kind == "U":
            wanted.add(name)
        elif kind.isupper():
            defined.add(name)
    return symbols


def graph_of_calls(symbols):
    home = {name: file for file, (defined, _) in symbols.items() for name in defined}
    return {file: {home[name]: "uses " + name for name in sorted(wanted) if home.get(name, file) != file}
            for file, (_, wanted) in symbols.items()}


# ---- the rules ----

def used_nowhere_else(symbols, files):
    wanted = {name for _, names in symbols.values() for name in names}
    return [f"{file}: no other file uses {name}: make it static" for file in sorted(files)
            for name in sorted(symbols[file][0] - wanted) if name != "main" and not name.startswith("__")]


def read_rooms(text):
    """Folder -> {room: its level}."""
    folders = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            folder, rest = line.split(None, 1)
            folders[folder] = {room.strip(): level for level, rooms in enumerate(rest.split("<"))
                               for room in rooms.split(",")}
    return folders


def room_of(folder, file):
    return file[len(folder) + 1:].split("/")[0] if file.startswith(folder + "/") else None


def wrong_arrows(folder, rooms, graph):
    wrong = []
    for file in sorted(graph):
        room = room_of(folder, file)
        if room is None:
            continue
        if room not in rooms:
            wrong.append(f"{file}: `{room}` is no room of {folder}/")
            continue
        for used, how in sorted(graph[file].items()):
            other = room_of(folder, used)
            if other in rooms and other != room and rooms[other] >= rooms[room]:
                wrong.append(f"{file}: {how} of {used}")
    return wrong


def circles(graph):
    """The strongly connected components of more than one file (Tarjan's algorithm)."""
    number, low, stack, found = {}, {}, [], []

    def visit(file):
        number[file] = low[file] = len(number)
        stack.append(file)
        for used in graph.get(file, {}):
            if used not in number:
                visit(used)
            if used in stack:
                low[file] = min(low[file], low[used])
        if low[file] == number[file]:
            members = stack[stack.index(file):]
            del stack[stack.index(file):]
            if len(members) > 1:
                found.append(sorted(members))

    for file in sorted(graph):
        if file not in number:
            visit(file)
    return found


def findings(folders, includes, calls):
    wrong = [arrow for folder, rooms in folders.items() for graph in (includes, calls)
             for arrow in wrong_arrows(folder, rooms, graph)]
    for members in circles(calls):
        if len(members) > LONGEST_CIRCLE:
            wrong.append(f"a circle of {len(members)} files by calls: {' '.join(members)}")
    return wrong


# ---- the rules on a made-up house ----

def test():
    folders = read_rooms("# a comment\nsrc  low < left, right < top.c\n")
    files = ["src/low/a.c", "src/left/b.c", "src/right/c.c", "src/top.c"]
    good = {"src/top.c": {"src/left/b.c": "uses b", "src/low/a.c": "uses a"}, "src/left/b.c": {"src/low/a.c": "uses a"}}
    assert findings(folders, good, good) == []
    for file, used in [("src/low/a.c", "src/left/b.c"), ("src/left/b.c", "src/right/c.c"), ("src/right/c.c", "src/top.c")]:
        bad = dict(good, **{file: {used: "uses x"}})
        assert f"{file}: uses x of {used}" in findings(folders, good, bad), (file, used)
        assert f"{file}: uses x of {used}" in findings(folders, bad, good), (file, used)
    assert findings(folders, {"src/new/a.c": {}}, {}) == ["src/new/a.c: `new` is no room of src/"]
    for length, count in [(LONGEST_CIRCLE, 0), (LONGEST_CIRCLE + 1, 1)]:
        ring = {f"src/low/{k}.c": {f"src/low/{(k + 1) % length}.c": "uses it"} for k in range(length)}
        assert len(findings(folders, {}, ring)) == count, length
    symbols = {"a.c": ({"f", "g"}, set()), "tests/b.c": (set(), {"f"})}
    assert used_nowhere_else(symbols, ["a.c"]) == ["a.c: no other file uses g: make it static"]
    assert read_rooms("src low") == {"src": {"low": 0}}, files


def main():
    if sys.argv[1:] == ["--test"]:
        return test()
    sys.setrecursionlimit(10000)
    root, build = map(pathlib.Path, sys.argv[1:])
    files = sorted(p.relative_to(root).as_posix() for folder in ("src", "runtime") for p in (root / folder).rglob("*")
                   if p.suffix in (".c", ".h", ".def"))
    folders = read_rooms((root / "tests/layering/rooms.txt").read_text())
    symbols = symbols_by_file(build)
    own = {f: symbols[f] for f in files if f in symbols}
    calls = graph_of_calls(own)
    missing = [f for f in files if f.endswith(".c") and f not in own]
    wrong = findings(folders, graph_of_includes(root, files), calls)
    wrong += used_nowhere_else(symbols, own)
    wrong += [f"{f}: no object file of it in {build}" for f in missing]
    print("\n".join(wrong))
    print(f"{len(wrong)} findings; {sum(map(len, calls.values()))} arrows between {len(calls)} files")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
