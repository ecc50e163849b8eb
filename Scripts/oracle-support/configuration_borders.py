"""Questions with configurations at or beyond the limit of what is accepted."""

import base64
import json

ACCOUNT = "0" * 32
OTHER_ACCOUNT = "1" * 32
R2 = "r2.cloudflarestorage.com"
ENDPOINTS = [
    "", "localhost:9000", "//localhost", "ftp://localhost", "https//x", "https://", "https:///", "https://:9000",
    "https://host:", "https://host:0", "https://host:65535", "https://host:65536", "https://host:99999999999999999999",
    "https://host:+9", "https://host:9a", "https://host/path", "https://host/?", "https://host?x=1", "https://host#x",
    "https://user@host", "https://user:pass@host", "https://host//", "https://ho st", "https://b\u00fccher.example",
    "https://a..b", "https://.a", "https://a.", "https://" + "a" * 63 + ".b", "https://" + "a" * 64 + ".b",
    "https://" + "a." * 126 + "a", "https://" + "a." * 127 + "a", "https://[::1", "https://::1", "https://[]",
    "https://[abc]", "https://[g::1]", "https://[::1]9000", "https://[::1]:9000", "https://host/a/b/",
    "https://host/a//b", "https://host/a//", "https://host/.", "https://host/../a", "https://host/a/.",
    "https://host/.a/...", "https://host/%41", "https://host/a b", "https://host/a+b", "https://host/\u00e9",
    "https://host/\u0301", "https://host/-._~", "https://host/a?", "https://host:9/a#", "https://host/a@b", "https://u@host/a", "https:///a", "http://storage.example.com",
    "http://127.0.0.1", "http://0127.0.0.1", "http://127.1", "https://0x7f.0.0.1", "https://1.2.3.04",
    "http://127.9.9.9:1", "http://127.0.0.1.example.com", "http://localhost.example.com",
    "http://a.localhost", "http://notlocalhost", "http://[::1]", "http://[::2]", "https://pub-1.r2.dev",
    "https://r2.dev", "https://r2.dev.example.com", f"https://{R2}", f"https://x.{R2}", "HTTPS://Host.Example",
    "https://host:0443", "https://a_b.example", "https://-a.example", "https://a%2e.b", f"https://{ACCOUNT}.{R2}",
    f"https://{ACCOUNT}.eu.{R2}", f"https://{ACCOUNT}.{R2}:8443", f"http://{ACCOUNT}.{R2}",
    f"https://{ACCOUNT}.{R2}:443", f"https://bucket.{ACCOUNT}.{R2}", f"https://a.b.{ACCOUNT}.{R2}", f"https://x{R2}",
    f"https://{ACCOUNT}.{R2}/a", f"https://{ACCOUNT}.{R2}//", "https://pub-1.r2.dev/a", "https://[::1]/a",
]
JURISDICTIONS = [
    "", "-", "-a", "a-", "a.b", "a_b", "a" * 63, "a" * 64, "default", "DEFAULT", "\u00e9", "e\u0301", "a b", "\u212a",
]
CREDENTIALS = [
    "", " ", "a b", "a\n", " a", "a\t", "\u00e9", "\x7f", '"a"', "'a'", '"', "'", '""', "\"a'", 'a"b"', "a", "~!",
]
# Values for each variable. None removes it.
VARIABLES = {
    "CLOUDFLARE_ACCOUNT_ID": ["", "0", "g" * 32, None, OTHER_ACCOUNT], "R2_ACCESS_KEY_ID": ["", " ", "a b", None, "a"],
    "R2_SECRET_ACCESS_KEY": ["", "'a'", None, "\u00e9"], "R2_SESSION_TOKEN": ["", "a b", "t"],
    "R2_BUCKET_NAME": ["", "A", "a" * 64, None, "abc"], "R2_JURISDICTION": ["", "-", "default", "eu", "x.y"],
    "R2_ENDPOINT": [
        "", "host", "https://pub.r2.dev", f"https://{OTHER_ACCOUNT}.{R2}", f"https://{OTHER_ACCOUNT}.eu.{R2}",
        "https://s3.example.com", "https://s3.example.com/storage", "http://localhost/a/abc",
        f"https://{OTHER_ACCOUNT}.{R2}/a", None,
    ],
    "R2_ALLOW_INSECURE_ENDPOINT": ["", "yes", "TRUE", None, "true"], "R2_REGION": ["", "a b", "auto", "eu-west-1"],
    "VIDEO_UPLOAD_URL_EXPIRY": ["", "0", "604801", "1.5", " 60", "+60", "1e3", "060", "604800", "\u0663"],
    "VIDEO_PLAYBACK_URL_EXPIRY": ["", "-1", "99999999999999999999", "1", "x"],
}


class ConfigurationBorders:
    def __init__(self, presigning_borders):
        self.random = presigning_borders.random
        self.texts = presigning_borders.texts
        self.presigning = presigning_borders.presigning
        self.presign = presigning_borders.presign
        self.number = presigning_borders.number

    def question(self):
        return self.random.choice([self.part, self.part, self.environment, self.environment, self.end])()

    def part(self):
        """Changes one part of a configuration."""
        random, texts = self.random, self.texts
        question = self.presign("head")
        parts = question["config"]["parts"]
        makers = {
            "bucket": self.bucket, "accountID": lambda: texts.any_of("0123456789abcdefABCDEF", 31, 33),
            "jurisdiction": lambda: random.choice(JURISDICTIONS), "endpoint": lambda: random.choice(ENDPOINTS),
            "region": lambda: random.choice(["auto", "eu-west-1", "a b", "a/b", "\u00e9", "AUTO", "oc", "us_1"]),
            "secretAccessKey": lambda: random.choice(CREDENTIALS), "accessKeyID": lambda: random.choice(CREDENTIALS),
            "sessionToken": lambda: random.choice(CREDENTIALS), "playbackURLLifetime": lambda: self.number(1, 604_800),
            "addressingStyle": lambda: "virtualHosted",
        }
        name = random.choice(list(makers))
        if name in ("accountID", "jurisdiction"):
            parts.pop("endpoint", None)
            parts.update({"accountID": ACCOUNT, "region": None})
        if name in ("endpoint", "addressingStyle"):
            parts.pop("accountID", None)
            host = random.choice(["1.2.3.4", "1.2.3", "256.1.1.1", "[::1]", "1.2.3.4.5", "a"])
            path = random.choice(["", "", "", "/", "/s3", f"/{parts['bucket']}", f"/a/{parts['bucket']}/"])
            parts.update({"endpoint": f"https://{host}{path}", "region": None, "addressingStyle": "path"})
            parts["allowsInsecureHTTP"] = random.random() < 0.2
        parts[name] = makers[name]()
        return question

    def bucket(self):
        random = self.random
        name = self.presigning.bucket()
        choice = random.randrange(4)
        if choice == 0:
            return "a" * random.choice([0, 1, 2, 3, 62, 63, 64])
        if choice == 1:
            return random.choice("-.A_ \u00e9") + name[1:]
        if choice == 2:
            return name[:-1] + random.choice("-.A_\n\u0301")
        return name[:1] + random.choice("-.A_/\u212a") + name[1:-1]

    def environment(self):
        """Makes several variables missing or invalid at once. The error must list all of them."""
        random = self.random
        parts = self.presigning.parts()
        parts["addressingStyle"] = "path"
        environment = self.presigning.environment(parts)
        for name in random.sample(list(VARIABLES), random.randint(1, 5)):
            value = random.choice(VARIABLES[name])
            if value is None:
                environment.pop(name, None)
            else:
                environment[name] = value
        # A flag that is neither true nor false allows nothing. Whether the endpoint is reported too is not specified.
        if environment.get("R2_ALLOW_INSECURE_ENDPOINT") not in ("true", "false"):
            endpoint = environment.get("R2_ENDPOINT", "")
            environment["R2_ENDPOINT"] = endpoint.replace("http:", "https:").replace("HTTP:", "HTTPS:")
        return {"operation": "configure", "environment": environment}

    def end(self):
        """A URL that expires with its credentials, or up to a second before or after."""
        random = self.random
        question = self.presign("upload", "playback", "head", "custom", "playbacks")
        question.pop("window", None)
        question["lifetime"] = self.presigning.lifetime()
        question["instant"] = random.randint(1_000_000_000, 4_000_000_000) + random.choice([0, 0.5])
        end = int(question["instant"]) + question["lifetime"] + random.choice([-1, 0, 1, -0.5, 0.5])
        parts = question["config"]["parts"]
        if random.random() < 0.5:
            parts["credentialsExpireAt"] = end
            return question
        # A token created for R2 contains its expiry.
        claims = json.dumps({"exp": int(end), "n": self.texts.text()}).encode()
        jwt = "e30." + base64.urlsafe_b64encode(claims).decode().rstrip("=") + ".c2ln"
        parts.pop("credentialsExpireAt", None)
        parts["sessionToken"] = base64.b64encode(f"jwt/{jwt}".encode()).decode()
        return question
