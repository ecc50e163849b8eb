"""Runs the checks against the emulator and against SeaweedFS, and keeps the list of differences up to date.

usage: compare.py [--update DOCUMENT | --check DOCUMENT] EMULATOR [SEAWEEDFS]

Each server is a file with its settings: R2_ENDPOINT, R2_BUCKET_NAME, R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY. The
program fails if the emulator differs from what is expected of R2, or if the list in the document isn't up to date.
"""

import argparse
import pathlib
import re
import shlex
import sys

import checks
from harness import Server, registry

START, END = "<!-- differences -->", "<!-- end of differences -->"


def settings(path):
    lines = [line.removeprefix("export ") for line in pathlib.Path(path).read_text().splitlines()]
    return dict("".join(shlex.split(line)).split("=", 1) for line in lines if re.match(r"R2_\w+=", line))


def run(server):
    return [check.run(server) for check in registry]


def shown(value):
    if value is None:
        return "none"
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
        return "empty" if not value else f"`{value}`"
    if isinstance(value, re.Pattern):
        return "present"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(item) for item in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {shown(item)}" for name, item in value.items()) or "none"
    text = re.sub(r"(check-|-)\d+", r"\1N", str(value)).replace("\n", " ").replace("|", "\\|")
    return text if isinstance(value, (int, float)) else f"`{text}`" if text else "empty"


def cell(values, names):
    """Describes a response by its status and code, or by what else differs."""
    if {"status", "code"} & set(names):
        code = values.get("code")
        return f"{values['status']}" + (f" `{code}`" if code else "")
    return "<br>".join(f"{name.removeprefix('header ')}: {shown(values.get(name))}" for name in names)


def table(results):
    """Returns the differences between R2 and SeaweedFS as tables, by topic."""
    lines, equal = [], 0
    for topic in dict.fromkeys(check.topic for check in registry):
        rows = []
        for check, seen in zip(registry, results):
            names = check.differences(seen)
            if check.topic != topic or not names:
                continue
            rows.append(f"| {check.name} | {cell(check.expected, names)} | {check.source} | {cell(seen, names)} |")
        module = sys.modules[f"{checks.__name__}.{topic}"]
        if rows:
            lines += ["", f"#### {module.__doc__.splitlines()[0].rstrip('.')}", "",
                      "| check | R2 and the emulator | source | SeaweedFS |", "| --- | --- | --- | --- |", *rows]
    equal = sum(not check.differences(seen) for check, seen in zip(registry, results))
    head = f"{len(registry)} checks: SeaweedFS responds as R2 does in {equal}, and differs in {len(registry) - equal}."
    return "\n".join([head, *lines])


def document(path, text, update):
    """Returns a Boolean value that indicates whether the document has the text, after writing it if requested."""
    path = pathlib.Path(path)
    before, _, rest = path.read_text().partition(START)
    _, mark, after = rest.partition(END)
    if not mark:
        sys.exit(f"{path} doesn't have the lines {START} and {END}.")
    new = f"{before}{START}\n{text}\n{END}{after}"
    if update:
        path.write_text(new)
    return path.read_text() == new


def main():
    parser = argparse.ArgumentParser(usage=__doc__.splitlines()[2].removeprefix("usage: "))
    parser.add_argument("--update")
    parser.add_argument("--check")
    parser.add_argument("emulator")
    parser.add_argument("seaweedfs", nargs="?")
    arguments = parser.parse_args()

    failures = 0
    for check, seen in zip(registry, run(Server(settings(arguments.emulator)))):
        for name in check.differences(seen):
            failures += 1
            print(f"FAILED {check.topic}: {check.name}: {name} is {seen.get(name)!r}, but R2's is "
                  f"{getattr(check.expected[name], 'pattern', check.expected[name])!r} ({check.source})")
        if "exception" in seen:
            print(f"FAILED {check.topic}: {check.name} ended with {seen['exception']}")
    print(f"the emulator: {len(registry)} checks, {failures} failures")
    if arguments.seaweedfs:
        text = table(run(Server(settings(arguments.seaweedfs))))
        print(f"SeaweedFS: {text.splitlines()[0]}")
        path = arguments.update or arguments.check
        if path and not document(path, text, arguments.update is not None):
            failures += 1
            print(f"FAILED {path} doesn't list these differences. Run Scripts/check-emulator --update.\n{text}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
