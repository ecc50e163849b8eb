"""Random questions for SigV4.Signer, each of which results in a signature.

Where botocore itself departs from the rules of Signature Version 4, questions keep away from it:

- It leaves out of the signature what proxies change (`user-agent`, `expect`, `connection` and others). The package
  signs every header that it is given.
- It replaces a `date` header by one of its own, in place of `x-amz-date`.
- It removes a form's content type from URLs.
- It trims and collapses all white space that Unicode knows; the rules, and the package, know spaces and tabs.
- For an unsigned payload it always sends `x-amz-content-sha256`, to services that never ask for it too.
- To other services than S3 it signs the payload's hash over http even if it shall not.
- It moves a body into the query of a URL: bodies of URLs go in by their hash.
- Its methods are in upper case whatever is asked for.
"""

import base64

from rules import encode
from texts import TOKEN_PUNCTUATION, Texts

HEADER_NAMES = [
    "content-type", "Content-Length", "x-amz-meta-a", "X-Amz-Meta-A", "x-amz-meta-a-b", "x-amz-meta-ab", "range", "x-a",
    "x-a-b", "x-a_b", "X-AB", "cache-control", "if-none-match", "accept", "hos", "hosts", "x-amz-dat", "x-amz-target",
]
PARAMETER_NAMES = [
    "a", "a-", "a.b", "aa", "A", "a b", "", "list-type", "prefix", "X-Amz-Foo", "x-id", "%", "+", "=", "&", "uploads",
]
URLS = [
    "https://example.com", "https://Example.COM", "https://example.com:443", "https://example.com:8443",
    "https://[2001:db8::1]:99", "http://example.com:80", "http://127.0.0.1:9000",
]


class Signing:
    def __init__(self, random, alphabet, presigning):
        self.random = random
        self.texts = Texts(random, alphabet)
        self.instant = presigning.instant
        self.lifetime = presigning.lifetime

    def question(self):
        random, texts = self.random, self.texts
        is_s3 = random.random() < 0.5
        is_query = random.random() < 0.5
        question = {
            "operation": "sign", "rules": {"base": "s3" if is_s3 else "standard"},
            "accessKeyID": texts.credential(20), "secretAccessKey": texts.credential(40),
            "region": random.choice(["auto", "us-east-1", "eu-central-2", texts.slug()]),
            "service": "s3" if is_s3 else random.choice(["execute-api", "sts", "iam", "dynamodb", texts.slug()]),
            "method": random.choice(["GET", "PUT", "POST", "HEAD", "DELETE", "PATCH", "OPTIONS", "M-SEARCH", "X_1"]),
            "path": self.s3_path() if is_s3 else self.standard_path(),
            "query": self.parameters(), "time": int(self.instant()),
        }
        if random.random() < 0.4:
            question["sessionToken"] = texts.base64(1, 400)
            if random.random() < 0.3:
                question["rules"]["signsSessionToken"] = False
        if is_query:
            question["lifetime"] = self.lifetime()
        host = random.choice(URLS)
        if random.random() < 0.5:
            question["hostIsFromURL"] = host
            question["headers"] = [["host", self.host(host)]]
        else:
            name, value = random.choice(["host", "Host"]), random.choice(["example.com", "Example.com:443", " a  b "])
            question["headers"] = [[name, value]]
        question["headers"] += self.headers()
        random.shuffle(question["headers"])
        question["body"] = self.body(question, is_s3, is_query)
        return question

    @staticmethod
    def host(url):
        """A host as clients send it: in lowercase, without the scheme's default port."""
        scheme, _, host = url.lower().partition("://")
        return host.removesuffix({"https": ":443", "http": ":80"}[scheme])

    def body(self, question, is_s3, is_query):
        random, texts = self.random, self.texts
        is_http = question.get("hostIsFromURL", "").startswith("http:")
        kinds = ["sha256"]
        if not is_query or not is_s3:
            kinds += ["empty", "bytes"]
        if is_s3:
            kinds += ["unsigned"]
        elif not is_http and (is_query or random.random() < 0.5):
            kinds += ["unsigned"]
        kind = random.choice(kinds + (["unsigned"] * 4 if is_query and is_s3 else []))
        if not is_s3 and not is_query and (kind == "unsigned" or random.random() < 0.3):
            question["rules"]["sendsPayloadHash"] = True
        body = {"kind": kind}
        if kind == "sha256":
            body["value"] = texts.hexadecimal(64)
        if kind == "bytes":
            body["value"] = base64.b64encode(random.randbytes(random.randint(0, 200))).decode()
        return body

    def s3_path(self):
        key = self.texts.unchecked_key() if self.random.random() < 0.3 else self.texts.key()
        return "/" + encode(key, safe="/")

    def standard_path(self):
        """A sent path, with all characters that need no encoding, and with segments that normalization removes."""
        random, texts = self.random, self.texts
        segments = []
        for _ in range(random.randint(0, 6)):
            segments.append(random.choice([
                "", ".", "..", texts.slug(), texts.any_of("abc!$&'()*+,;=:@~-._%\"<>|^`{}[]\\", 1, 6),
                encode(texts.text()),
            ]))
        return "/" + "/".join(segments)

    def parameters(self):
        random, texts = self.random, self.texts
        parameters = []
        for _ in range(random.choice([0, 0, 1, 2, 4, 7])):
            name = random.choice(PARAMETER_NAMES) if random.random() < 0.7 else texts.text()
            parameters.append([name, random.choice(["", "b", texts.text(30)])])
        return parameters

    def headers(self):
        random, texts = self.random, self.texts
        headers = []
        for _ in range(random.choice([0, 0, 1, 2, 4, 7])):
            other = texts.any_of(TOKEN_PUNCTUATION + "xyZ", 1, 5)
            name = random.choice(HEADER_NAMES) if random.random() < 0.8 else other
            headers.append([name, self.header_value()])
        return headers

    def header_value(self):
        random, texts = self.random, self.texts
        words = [texts.header_value() for _ in range(random.randint(0, 4))]
        if random.random() < 0.2:
            words.append("".join(character for character in texts.wild() if not character.isspace()))
        gaps = [random.choice([" ", "  ", "\t", " \t ", ""]) for _ in range(len(words) + 1)]
        return "".join(gap + word for gap, word in zip(gaps, words + [""]))
