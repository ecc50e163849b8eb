"""Asks signing-oracle thousands of random questions, and compares its answers with those of another implementation.

Signatures are computed by botocore, or with the standard library where botocore has no equivalent. Rejections follow
from rules that were written a second time from the documentation.
"""

import argparse
import collections
import json
import platform
import random
import secrets
import subprocess
import sys

import botocore

import expected
import expected_tokens
from configuration_borders import ConfigurationBorders
from presigning import Presigning
from presigning_borders import PresigningBorders
from signing import Signing
from signing_borders import SigningBorders
from texts import Alphabet
from tokens import EdgeTokens, Sessions

# The kinds of questions, and their shares in percent.
SHARES = {
    "presigned URLs": 42, "signed requests": 28, "temporary credentials": 7, "edge tokens": 8,
    "presigned URLs, values at their borders": 8, "configurations at their borders": 3,
    "other values at their borders": 4,
}


def main():
    parser = argparse.ArgumentParser(prog="oracle", description="Compares this package's signatures with botocore's.")
    parser.add_argument("--seed", type=int, help="repeats a run")
    parser.add_argument("--count", type=int, default=8000, help="how many requests (8000)")
    parser.add_argument("--driver", required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.count < 1:
        parser.error("--count must be at least 1")
    seed = secrets.randbelow(2**32) if arguments.seed is None else arguments.seed

    [characters] = ask(arguments.driver, [{"operation": "assignedScalars"}])
    questions = make_questions(seed, arguments.count, Alphabet(characters["assigned"]))
    answers = ask(arguments.driver, [question for _, question in questions])
    mismatches = []
    agreed, refused = collections.Counter(), collections.Counter()
    for (kind, question), answer in zip(questions, answers):
        wanted, actual = compare(question, answer)
        if wanted != actual:
            mismatches.append((kind, question, wanted, actual))
        agreed[kind] += 1
        refused[kind] += "refused" in answer
    if mismatches:
        report(mismatches, arguments.count, seed)
        return 1
    for kind in SHARES:
        note = f", {refused[kind]} of them rejected" if refused[kind] else ""
        print(f"  {kind}: {agreed[kind]}{note}")
    print(f"oracle: {len(questions)} requests agree (seed {seed}, botocore {botocore.__version__})")
    return 0


def ask(driver, questions):
    """The program's answers, in the order of the questions."""
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    process = subprocess.run([driver], input=lines, stdout=subprocess.PIPE, encoding="utf-8", check=False)
    # Only line feeds end a line: strings can contain other characters that Python treats as line ends.
    answers = process.stdout.split("\n")[:-1]
    if process.returncode != 0 or len(answers) != len(questions):
        culprit = questions[min(len(answers), len(questions) - 1)]
        sys.exit(f"oracle: signing-oracle ended with {process.returncode} at the question {json.dumps(culprit)}")
    return [json.loads(answer) for answer in answers]


def make_questions(seed, count, alphabet):
    """The questions of a run with their kinds. They depend only on the seed, the count and the versions of Unicode."""
    source = random.Random(seed)
    presigning = Presigning(source, alphabet, configurations=max(10, count // 60))
    signing = Signing(source, alphabet, presigning)
    sessions = Sessions(source, alphabet, presigning)
    tokens = EdgeTokens(source, alphabet)
    borders = PresigningBorders(source, alphabet, presigning)
    makers = dict(zip(SHARES, [
        presigning, signing, sessions, tokens, borders, ConfigurationBorders(borders),
        SigningBorders(borders, signing, sessions, tokens),
    ]))
    kinds = source.choices(list(SHARES), weights=list(SHARES.values()), k=count)
    return [(kind, makers[kind].question()) for kind in kinds]


def compare(question, answer):
    """The expected and the actual result, in forms that are equal if both sides agree."""
    wanted = expected.answer(question)
    actual = {name: value for name, value in answer.items() if value is not None}
    if "requests" in actual:
        actual["requests"] = [one_form(request) for request in actual["requests"]]
    if isinstance(actual.get("headers"), list):
        names = [name for name, _ in actual["headers"]]
        actual["headers"] = dict(actual["headers"]) if len(set(names)) == len(names) else actual["headers"]
    if "claims" in wanted and "session" in actual:
        session = actual.pop("session")
        problem = expected_tokens.problem_with(session, wanted)
        if problem:
            return {"problem": None}, {"problem": problem}
        wanted = expected.session_url(question, wanted, session)
    return wanted, actual


def one_form(request):
    """A presigned request in its encoded form. Its `headers` property and decoding must agree with it."""
    listed = {}
    for name, value in request["headers"]:
        listed[name] = f"{listed[name]},{value}" if name in listed else value
    form = dict(request["encoded"])
    if form["headers"] != listed:
        form["headersProperty"] = listed
    if not request["isSameWhenDecoded"]:
        form["isSameWhenDecoded"] = False
    return form


def report(mismatches, count, seed):
    kind, question, wanted, actual = mismatches[0]
    print(f"oracle: {len(mismatches)} of {count} requests disagree. The first one ({kind}):", file=sys.stderr)
    print("Question:", json.dumps(question, indent=1), file=sys.stderr, sep="\n")
    print("Expected:", json.dumps(wanted, indent=1, default=str), file=sys.stderr, sep="\n")
    print("Actual:", json.dumps(actual, indent=1), file=sys.stderr, sep="\n")
    print(
        f"Repeat it with: Scripts/oracle --seed {seed} --count {count}\n"
        f"(Python {platform.python_version()}, botocore {botocore.__version__})", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
