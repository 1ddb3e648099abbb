# SPDX-License-Identifier: MIT
"""The other side of an external environment of nsa (docs/environments.md has the protocol). Needs nothing but Python.

An environment is an object with

    reset(trial, seed) -> observation
    step(action)       -> observation, reward, terminated, truncated, succeeded

and, where it wants them, `hello(description)`, which comes first, `save() -> text` and `restore(text)`, for
checkpoints, and `close()`. An observation is a dictionary from
the name of a channel to its numbers. An action is the number of a choice, or a list of numbers. `succeeded` may be
left out. Numbers are in the units that the model declares.

    if __name__ == "__main__":
        nsa_client.serve(MyWorld())

    nsa run model.nsa --environment robot="python3 my_world.py"
"""
import json
import os
import sys
import traceback

VERSION = 1


def numbers(values):
    """A list of plain numbers, from whatever can be walked: a list, a tuple, an array."""
    return [float(x) for x in values]


def answer_of(environment, request):
    """What a request is answered with, as a dictionary."""
    kind = request["request"]
    if kind == "hello":
        if request["version"] != VERSION:
            raise ValueError(f"nsa speaks version {request['version']} of the protocol, this client {VERSION}")
        if hasattr(environment, "hello"):
            environment.hello(request)
        return {"version": VERSION, "saves": hasattr(environment, "save")}
    if kind == "reset":
        seen = environment.reset(request["trial"], request["seed"])
        return {"observation": {name: numbers(values) for name, values in seen.items()}}
    if kind == "step":
        seen, reward, terminated, truncated, *succeeded = environment.step(request["action"])
        answer = {
            "observation": {name: numbers(values) for name, values in seen.items()},
            "reward": float(reward),
            "terminated": bool(terminated),
            "truncated": bool(truncated),
        }
        if succeeded:
            answer["succeeded"] = bool(succeeded[0])
        return answer
    if kind == "save":
        return {"state": environment.save()}
    if kind == "restore":
        environment.restore(request["state"])
        return {}
    raise ValueError(f"there is no request {kind}")


def serve(environment):
    """Answers until nsa is done. What the environment prints goes to standard error: nsa reads standard output."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for line in sys.stdin:
        request = json.loads(line)
        if request["request"] == "close":
            break
        try:
            text = json.dumps(answer_of(environment, request), allow_nan=False)
        except Exception as problem:
            traceback.print_exc()
            print(json.dumps({"error": f"{type(problem).__name__}: {problem}"}), file=out, flush=True)
            sys.exit(1)
        print(text, file=out, flush=True)
    if hasattr(environment, "close"):
        environment.close()
