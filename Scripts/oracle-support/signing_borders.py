"""Questions for Signer, temporary credentials and edge tokens with one value at or beyond its limit."""

import rules
from configuration_borders import ENDPOINTS

PATHS = [
    "", "a", "*", "/a+b", "/a%2fb", "/a%2Fb", "/%41", "/%7E", "/%7e", "/~", "/a%", "/a%2", "/a%zz", "/a:b", "/a%3Ab",
    "/a=b", "/!", "/%21", "/'", "/%C3%A9", "/%c3%a9", "/a//b/", "/a/../b", "/%2E", "//", "/%25",
]
CONTROLS = [chr(value) for value in range(32) if chr(value) != "\t"] + ["\x7f"]


class SigningBorders:
    def __init__(self, presigning_borders, signing, sessions, tokens):
        self.random = presigning_borders.random
        self.texts = presigning_borders.texts
        self.key_text = presigning_borders.key_text
        self.number = presigning_borders.number
        self.signing, self.sessions, self.tokens = signing, sessions, tokens

    def question(self):
        makers = [self.signer, self.signer, self.signer, self.session, self.session, self.token]
        return self.random.choice(makers)()

    def signer(self):
        question = self.signing.question()
        changes = [self.name, self.host, self.lifetime, self.time, self.path, self.path, self.payload]
        self.random.choice(changes)(question)
        return question

    def name(self, question):
        """A method, or the name or value of a header or parameter."""
        random = self.random
        choice = random.randrange(5)
        if choice == 0:
            question["method"] = random.choice(["", "G T", "GET\n", "G\u00cbT", "A/B", "(", "!", "~^`|"])
        elif choice == 1:
            names = ["", "a b", "a:", "\u00e9", "a\n", "(", "a/b", "{", "!", "a\0"]
            question["headers"].append([random.choice(names), "x"])
        elif choice == 2:
            question["headers"].append(["x-a", "a" + random.choice(CONTROLS) + "b"])
        elif choice == 3:
            names = ["Authorization", "X-Amz-Date", "x-amz-security-token", "x-amz-content-sha256", "x-amz-dates"]
            question["headers"].append([random.choice(names), "x"])
        else:
            question["query"].append([random.choice([
                "X-Amz-Algorithm", "x-amz-credential", "X-AMZ-DATE", "X-Amz-Expires", "X-Amz-Security-Token",
                "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Signatures", "\u212aX-Amz-Date",
            ]), "x"])

    def host(self, question):
        question.pop("hostIsFromURL", None)
        hosts = [[], [["host", ""]], [["host", " \t"]], [["host", "a"], ["Host", "a"]], [["host", "a"]]]
        rest = [pair for pair in question["headers"] if pair[0].lower() != "host"]
        question["headers"] = rest + self.random.choice(hosts)

    def lifetime(self, question):
        question["lifetime"] = self.number(1, 604_800)
        question["body"] = {"kind": "unsigned" if question["rules"]["base"] == "s3" else "empty"}

    def time(self, question):
        times = [-1, 0, rules.LAST_SECOND, rules.LAST_SECOND + 1, -2**62, 2**62]
        question["time"] = self.random.choice(times)

    def path(self, question):
        is_s3 = question["rules"]["base"] == "s3"
        question["path"] = self.random.choice(PATHS if is_s3 else ["", "a", "*", "%2F", "/"])

    def payload(self, question):
        text = self.texts.hexadecimal(64)
        hashes = ["", text[1:], text + "0", text.upper(), "g" + text[1:], " " + text[1:], text]
        question["body"] = {"kind": "sha256", "value": self.random.choice(hashes)}

    def session(self):
        random = self.random
        question = self.sessions.question()
        parts = question["config"]["parts"]
        choice = random.randrange(8)
        if choice == 0:
            question.update({"permission": None, "actions": []})
        elif choice == 1:
            prefixes = ["", "\n", "a\x7f", "a" * 1024, "a" * 1025, "/", "..", "a//b", " ", "\u8a9e" * 342]
            question["prefixes"].append(random.choice(prefixes))
        elif choice == 2:
            question["objects"].append(self.key_text())
        elif choice == 3:
            question.update({"seconds": self.number(1, 604_800), "urlLifetime": 1, "instant": 1_700_000_000})
        elif choice == 4:
            question["attoseconds"] = random.choice([0, 1, 500_000_000_000_000_000])
        elif choice == 5:
            parts["sessionToken"] = "token"
        elif choice == 6:
            last = rules.LAST_SECOND - question["seconds"]
            question["instant"] = random.choice([-1, -0.5, 0, 0.5, last, last + 1, -1e12, 1e12])
        else:
            parts.pop("accountID", None)
            parts.update({"endpoint": "https://s3.example.com", "region": None})
            question["accountID"] = random.choice([None, "0" * 32, "0" * 31, "g" * 32])
        return question

    def token(self):
        random = self.random
        question = self.tokens.signing()
        question.update(self.tokens.place())
        path = question["path"]
        choice = random.randrange(7)
        if choice == 0:
            question["secret"] = ""
        elif choice == 1:
            names = ["", "a b", "a=", "\u00e9", "a&b", "%41", "~", "a/b", "a+b"]
            question["parameter"] = random.choice(names)
        elif choice == 2:
            question["origin"] = random.choice(ENDPOINTS)
        elif choice == 3:
            question["path"] = random.choice(["", path[1:] or "x", "/" + self.key_text()])
        elif choice == 4:
            directories = ["", "/", path, path + "/", "/x/", path[1:], "//", "/\u0301/"]
            question["directory"] = random.choice(directories)
        elif choice == 5:
            first, last = 10**9, 10**10 - 1
            instants = [0, -1, first - 1, first - 0.5, first, last, last + 0.5, last + 1, 1e15]
            question["instant"] = random.choice(instants)
        else:
            question["path"] = "/" + random.choice(["\u0301", "e\u0301", "a/\u0301"]) + self.texts.slug()
            question.pop("directory", None)
        return question
