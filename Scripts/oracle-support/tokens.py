"""Random questions for temporary credentials and edge tokens."""

import unicodedata

import rules
from expected_tokens import make_token
from presigning_borders import BASE64_DIGITS, with_stray_bits
from texts import Texts

ACTIONS = [
    "headObject", "getObject", "getBucketLocation", "listObjectsV1", "listObjectsV2", "listMultipartUploads",
    "listParts", "putObject", "deleteObject", "deleteObjects", "copyObject", "createMultipartUpload", "uploadPart",
    "uploadPartCopy", "abortMultipartUpload", "completeMultipartUpload",
]
PERMISSIONS = ["adminReadWrite", "adminReadOnly", "objectReadWrite", "objectReadOnly"]
ORIGINS = [
    "https://media.example.com", "https://Media.Example.com/", "http://localhost:8080", "https://cdn.example:8443",
    "https://cdn.example:443",
]


class Sessions:
    def __init__(self, random, alphabet, presigning):
        self.random = random
        self.texts = Texts(random, alphabet)
        self.presigning = presigning

    def question(self):
        random, texts = self.random, self.texts
        parts = self.presigning.parts()
        for name in ("sessionToken", "credentialsExpireAt"):
            parts.pop(name, None)
        question = {
            "operation": "session", "config": {"parts": parts}, "seconds": self.presigning.lifetime(), "attoseconds": 0,
            "key": texts.key(), "prefixes": [self.prefix() for _ in range(random.choice([0, 0, 1, 3]))],
            "objects": [texts.key() for _ in range(random.choice([0, 0, 1, 2]))],
            "actions": random.sample(ACTIONS, random.choice([0, 1, 4])),
        }
        if "accountID" not in parts:
            question["accountID"] = texts.any_of("0123456789abcdefABCDEF", 32, 32)
        if not question["actions"] or random.random() < 0.5:
            question["permission"] = random.choice(PERMISSIONS)
        question["urlLifetime"] = random.choice([1, question["seconds"], random.randint(1, question["seconds"])])
        question["instant"] = min(self.presigning.instant(), rules.LAST_SECOND - question["seconds"])
        return question

    def prefix(self):
        """In composed form, as R2 compares them."""
        return unicodedata.normalize("NFC", self.texts.key()) + self.random.choice(["", "/"])


class EdgeTokens:
    def __init__(self, random, alphabet):
        self.random = random
        self.texts = Texts(random, alphabet)

    def question(self):
        random = self.random
        question = self.signing()
        choice = random.random()
        if choice < 0.15:
            return {**question, "message": "/" + self.texts.text(60)}
        return {**question, **(self.place() if choice < 0.5 else self.verification(question))}

    def signing(self):
        random, texts = self.random, self.texts
        return {
            "operation": "edgeToken", "secret": random.choice([texts.hexadecimal(64), texts.text(40), texts.text(100)]),
            "isURLSafe": random.random() < 0.5,
            "parameter": random.choice(["verify", "t", texts.any_of("abcXYZ019-._~", 1, 8)]),
            "instant": random.choice([1_000_000_000, 9_999_999_999, random.randint(1_000_000_000, 9_999_999_999)])
            + random.choice([0, 0, 0.5]),
        }

    def place(self):
        random = self.random
        path = "/" + self.texts.key()
        question = {"origin": random.choice(ORIGINS), "path": path}
        slashes = [index for index, character in enumerate(path) if character == "/" and index > 0]
        if slashes and random.random() < 0.5:
            question["directory"] = path[: random.choice(slashes) + 1]
        return question

    def verification(self, question):
        """A token created here: valid in a third of all cases, otherwise altered."""
        random, texts = self.random, self.texts
        message, secret, is_url_safe = "/" + texts.text(40), question["secret"], question["isURLSafe"]
        issued = int(question["instant"])
        asked = {"message": message, "timeToLive": random.choice([0, 1, 300, 86_400, 604_800])}

        def token(message=message, secret=secret, issued=issued, is_url_safe=is_url_safe):
            return make_token(secret, message, str(issued), is_url_safe, random.random() < 0.7)

        age = random.choice([0, 0, asked["timeToLive"] - 1, asked["timeToLive"], -1, -1000])
        genuine = token(issued=issued - age) if 10**9 <= issued - age < 10**10 else token()
        alterations = [
            lambda: self.replaced(genuine), lambda: self.replaced(genuine), lambda: token(message=message + "x"),
            lambda: token(secret=secret + "x"), lambda: token(is_url_safe=not is_url_safe), lambda: genuine[:-1],
            lambda: genuine + random.choice(["A", "=", "%", " ", "&a=b", "\u0301"]),
            lambda: genuine.replace("-", "", 1), lambda: genuine.lower(), lambda: "0" + genuine, lambda: genuine[1:],
            lambda: str((int(genuine[0]) + 1) % 10) + genuine[1:], lambda: "", lambda: "-", lambda: genuine[:11],
            lambda: self.with_stray_bits(genuine), lambda: "+" + genuine[1:],
            lambda: genuine.replace("%2F", "%2f").replace("%2B", "%2b").replace("%3D", "%3d"),
        ]
        is_genuine = random.random() < 0.35
        return {**asked, "token": genuine if is_genuine else random.choice(alterations)()}

    def replaced(self, token):
        index = self.random.randrange(len(token))
        return token[:index] + self.random.choice("AZaz09-_+/%=.") + token[index + 1:]

    @staticmethod
    def with_stray_bits(token):
        """The last base64 digit of 32 bytes has two unused bits."""
        padding = next((end for end in ("%3D", "=") if token.endswith(end)), "")
        body = token.removesuffix(padding)
        return with_stray_bits(body) + padding if body[-1] in BASE64_DIGITS else token
