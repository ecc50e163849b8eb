"""Questions for R2Presigner with one value at or beyond the limit of what it accepts."""

import unicodedata

import rules
from texts import AWKWARD, Texts

CONTROLS = ["\0", "\t", "\n", "\r", "\x1f", "\x7f"]
HEADER_VALUES = ["", " ", " a", "a ", "a  b", "a\tb", "\u00e9", "a\u0301", "a\u00a0b", "\U0001F600"]
ETAGS = [
    "", '"', '""', "*", '"*"', 'W/"a"', "W/a", "a b", "a\"b", "\u00e9", '"a', 'a"', "'a'", '"a"', "a\x7f", "a,b",
]
BASE64_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def with_stray_bits(text):
    """Base64 with an unused bit set in its last digit, if it has one."""
    body = text.rstrip("=")
    return body[:-1] + BASE64_DIGITS[BASE64_DIGITS.index(body[-1]) | 1] + text[len(body):]


class PresigningBorders:
    def __init__(self, random, alphabet, presigning):
        self.random = random
        self.texts = Texts(random, alphabet)
        self.presigning = presigning

    def question(self):
        makers = [
            self.key, self.key, self.key, self.key, self.lifetime, self.instant, self.upload, self.upload, self.upload,
            self.part, self.plan, self.overrides, self.custom, self.custom,
        ]
        return self.random.choice(makers)()

    def presign(self, *calls, **changes):
        """A question for one of these calls that would be accepted without the changes, with its own configuration."""
        while True:
            question = self.presigning.question()
            if question["call"] in calls:
                return {**question, "config": {"parts": self.presigning.parts()}, **changes}

    def number(self, least, most):
        return self.random.choice([
            least - 1, least, most, most + 1, 0, -1, -2**40, 2**40, self.random.randint(least, most),
        ])

    # MARK: Keys

    def key(self):
        calls = ["upload", "playback", "head", "delete", "part", "custom", "playbacks"]
        key = {"text": self.key_text(), "isUnchecked": self.random.random() < 0.2}
        return self.presign(*calls, keys=[key])

    def key_text(self):
        random, texts = self.random, self.texts
        choice = random.randrange(4)
        if choice == 0:
            # Lengths near the limit, before and after composing.
            units = ["a", "\u00e9", "e\u0301", "\u8a9e", "\U0001F600", "\u0958", "\u0344", "\u1100\u1161"]
            unit = random.choice(units)
            size = len(unicodedata.normalize("NFC", unit).encode())
            return unit * ((1024 + random.randint(-1, 1)) // size) + "x" * random.randint(0, 2)
        if choice == 1:
            segments = ["", "", ".", "..", "...", ".\u0301", "\u0301", "\u0301/a", "a", texts.key()]
            return "/".join(random.choice(segments) for _ in range(random.randint(1, 4)))
        if choice == 2:
            key = texts.key()
            place = random.randint(0, len(key))
            return key[:place] + random.choice(CONTROLS + ["\x80", "\x9f", "\u2028"]) + key[place:]
        return random.choice([
            "", ".", "..", "/", "//", "a/", "/a", "a//b", "./a", "a/.", "a/..", "a/../b", *AWKWARD,
        ])

    # MARK: Times

    def lifetime(self):
        random = self.random
        question = self.presign("upload", "playback", "head", "delete", "custom", "part")
        question["lifetime"] = self.number(1, 604_800)
        if question["call"] == "playback":
            if random.random() < 0.5:
                question["window"] = self.number(1, 604_799)
            if 1 <= question.get("window", 0) <= 604_799 and random.random() < 0.6:
                question["lifetime"] = 604_800 - question["window"] + random.choice([0, 1])
        return question

    def instant(self):
        last = rules.LAST_SECOND
        instants = [-1, -0.001, -0.0, 0.999, last, last + 0.5, last + 1, -1e15, 1e15]
        return self.presign("upload", "playback", "head", "custom", instant=self.random.choice(instants))

    # MARK: Signed values

    def header_value(self):
        random = self.random
        if random.random() < 0.5:
            return random.choice(HEADER_VALUES)
        value = self.texts.header_value()
        place = random.randint(0, len(value))
        return value[:place] + random.choice([*CONTROLS, " ", "  ", "\u00e9", "~"]) + value[place:]

    def upload(self):
        random = self.random
        makers = {
            "contentType": self.header_value, "cacheControl": self.header_value,
            "contentLength": lambda: self.number(0, rules.MAXIMUM_REQUEST), "ifMatch": lambda: random.choice(ETAGS),
            "checksum": self.checksum, "metadata": self.metadata, "contentDisposition": self.disposition,
        }
        name = random.choice(list(makers))
        return self.presign("upload", upload={name: makers[name]()})

    def checksum(self):
        random = self.random
        name = random.choice(list(rules.CHECKSUMS))
        length = rules.CHECKSUMS[name][1] + random.choice([-1, 0, 0, 0, 1])
        text = self.texts.base64(length, length)
        alterations = [
            text, text.rstrip("="), text + "=", text + "\n", " " + text, text[:-1], text.replace("=", "", 1),
            text[:3] + "-" + text[4:], text[:3] + "_" + text[4:], "", with_stray_bits(text),
        ]
        return {"algorithm": name, "base64": random.choice(alterations)}

    def metadata(self):
        random = self.random
        choice = random.randrange(4)
        if choice == 0:
            return {random.choice(["", "a b", "a:b", "\u00e9", "a\n", "a/b", "A_-.9", "a'"]): "x"}
        if choice == 1:
            return {"a": self.header_value()}
        if choice == 2:
            return {"Name": "1", random.choice(["name", "NAME", "Name2", "nam"]): "2"}
        # Names and values with about the maximum number of bytes.
        others = {f"n{index}": "v" * random.randint(1, 2000) for index in range(random.randint(0, 2))}
        taken = sum(len(name) + len(value) for name, value in others.items()) + len("name")
        return {"name": "w" * (8192 + random.choice([-1, 0, 1]) - taken), **others}

    def disposition(self):
        filename, fallback = self.filename()
        return {"kind": "attachment", "filename": filename, "fallback": fallback}

    def filename(self):
        random = self.random
        filename, fallback = self.texts.filename()
        choice = random.randrange(3)
        if choice == 0:
            return "", ""
        control = random.choice(CONTROLS + ["\x80", "\x85", "\x9f"])
        return (control + filename if choice == 1 else filename + control), fallback + "_"

    def part(self):
        random = self.random
        makers = {
            "number": lambda: self.number(1, 10_000),
            "uploadID": lambda: random.choice(["", " ", "a b", "a\n", "\x7f", "a\0", "\u00e9", "a/+=", "%"]),
            "contentLength": lambda: self.number(0, rules.MAXIMUM_REQUEST),
            "checksum": lambda: self.presigning.checksum(list(rules.CHECKSUMS)),
        }
        name = random.choice(list(makers))
        return self.presign("part", part={"number": 1, "uploadID": "a", name: makers[name]()})

    def plan(self):
        random = self.random
        plan = {"totalLength": self.number(1, rules.MAXIMUM_OBJECT), "numbers": [1]}
        choice = random.random()
        if choice < 0.3:
            plan["partLength"] = self.number(5 * rules.MIB, rules.MAXIMUM_REQUEST)
        elif choice < 0.6:
            length = random.randint(5 * rules.MIB, 400 * rules.MIB)
            plan.update({"totalLength": length * 10_000 + random.choice([-1, 0, 1]), "partLength": length})
        elif choice < 0.8:
            plan.update({"totalLength": 100 * rules.MIB, "numbers": [random.choice([0, 1, 13, 14, -1])]})
        return self.presign("parts", plan=plan)

    def overrides(self):
        name = self.random.choice(["contentType", "cacheControl", "contentDisposition", "filename"])
        if name == "filename":
            filename, fallback = self.filename()
            return self.presign("download", filename=filename, fallback=fallback)
        value = self.disposition() if name == "contentDisposition" else self.header_value()
        return self.presign("playback", overrides={name: value})

    def custom(self):
        random = self.random
        question = self.presign("custom")
        choice = random.randrange(8)
        if choice == 0:
            question["method"] = random.choice(["POST", "PATCH", "OPTIONS", "get", "Put", "X", "GET", "DELETE"])
        elif choice == 1:
            question["parameters"].append([random.choice([
                "", "X-Amz-Signature", "x-amz-date", "X-AMZ-" + self.texts.text(), "x-amz", "x-amz_a", "xx-amz-a",
                "X-Amz-", "X-Amz-\u0301",
            ]), "1"])
        elif choice == 2:
            question["headers"].append([random.choice([
                "host", "Host", "authorization", "X-Amz-Date", "x-amz-security-token", "x-amz-content-sha256",
                "x-amz-d", "Expect", "te", "Transfer-Encoding", "connections", "upgrade",
            ]), "1"])
        elif choice == 3:
            question["headers"] = [["x-b", "1"], [random.choice(["x-b", "X-B", "x-bb"]), random.choice("12")]]
        elif choice == 4:
            most = rules.MAXIMUM_REQUEST
            lengths = ["0", "007", str(most), str(most + 1), "1" + "0" * 30, "-1", "a"]
            question["headers"] = [["Content-Length", random.choice(lengths)]]
        elif choice >= 6:
            question.update(self.route())
        else:
            # HTTPTypes itself replaces control bytes with spaces and trims, so the presigner never sees them.
            question["headers"].append(["x-a", random.choice(["", "a  b", "\u00e9", "a\tb", "a", "a b"])])
        return question

    def route(self):
        """Parameters and headers by which R2 chooses an operation, in any mixture."""
        random = self.random
        names = ["partNumber", "partNumber", "uploadId", "uploadId", "uploads", "versionId", *rules.OPERATIONS]
        parameters = []
        for name in random.choices(names, k=random.choice([1, 1, 2, 2, 3])):
            if random.random() < 0.1:
                name = random.choice([name.upper(), name.title(), name.lower(), name + "\u0301", " " + name])
            numbers = ["1", "10000", "0", "10001", "01", "1.0", "-1", " 1", "+1", "x", "", "\u0661", "1" + "0" * 20]
            value = random.choice(numbers) if name == "partNumber" else random.choice(["", "a", "a", "a b"])
            parameters.append([name, value])
        headers = []
        if random.random() < 0.3:
            headers.append([random.choice([
                "x-amz-copy-source", "X-Amz-Copy-Source", "x-amz-copy-source-range", "x-amz-copy-source-if-match",
                "x-amz-write-offset-bytes", "x-amz-rename-source", "x-amz-copy-sources",
            ]), "1"])
        method = random.choice(["GET", "HEAD", "PUT", "DELETE"])
        return {"method": method, "parameters": parameters, "headers": headers}
