"""Random questions for R2Presigner, each of which results in a URL."""

import rules
from texts import Texts

CALLS = [
    "upload", "upload", "upload", "part", "parts", "playback", "playback", "playbacks", "download", "head", "delete",
    "custom", "custom",
]
HOSTS = [
    "localhost:9000", "127.0.0.1:8333", "[::1]:9000", "[::1]", "s3.localhost", "storage.example.com", "S3.Example.COM",
    "storage.example.com:8443", "storage.example.com:443", "s3_internal.example:80", "192.0.2.7:9000",
    "[2001:DB8::7]:1", "xn--bcher-kva.example:65535", "localhost:80", "localhost:443", "0.a",
]
PATHS = ["", "", "", "/cdn-cgi/local/r2/s3", "/storage/v1/s3", "/A-._~z", "/.a/..."]
REGIONS = ["auto", "us-east-1", "eu-central-1", "wnam", "Region_1", "x"]
LEAP_DAYS = [68_169_600, 951_782_400, 4_107_542_400, 1_709_164_800, 13_574_563_200]


class Presigning:
    """Creates questions with a limited number of configurations, so that presigners are reused."""

    def __init__(self, random, alphabet, configurations):
        self.random = random
        self.texts = Texts(random, alphabet)
        self.configurations = [self.configuration(number) for number in range(configurations)]

    # MARK: Configurations

    def configuration(self, number):
        random = self.random
        config = {"parts": self.parts()}
        parts = config["parts"]
        if random.random() < 0.4 and "credentialsExpireAt" not in parts:
            parts["addressingStyle"] = "path"
            config = {"environment": self.environment(parts)}
        # Half of the dates of a configuration are among a few, in any order.
        moments = [self.instant() for _ in range(3)]
        return {**config, "number": number}, moments + [moments[0] + 1, moments[1] + 86_400]

    def parts(self):
        random, texts = self.random, self.texts
        parts = {
            "accessKeyID": texts.credential(32), "secretAccessKey": texts.credential(64), "bucket": self.bucket(),
            "addressingStyle": random.choice(["path", "path", "virtualHosted"]), "allowsInsecureHTTP": True,
        }
        if random.random() < 0.4:
            parts["sessionToken"] = random.choice([
                texts.base64(1, 600), texts.base64(1, 600), "jwt/" + texts.slug(), texts.credential(8),
            ])
        if random.random() < 0.2:
            parts["credentialsExpireAt"] = rules.LAST_SECOND + rules.LONGEST_LIFETIME
        if random.random() < 0.6:
            parts["accountID"] = texts.any_of("0123456789abcdefABCDEF", 32, 32)
            if random.random() < 0.5:
                other = texts.slug(1, 5).strip("-") or "x"
                parts["jurisdiction"] = random.choice(["eu", "fedramp", "us", "EU", "apac-1", other])
            if random.random() < 0.3:
                parts["region"] = random.choice(sorted(rules.CLOUDFLARE_REGIONS))
        else:
            scheme = random.choice(["http", "https", "HTTP", "https"])
            path = random.choice(PATHS)
            parts["endpoint"] = f"{scheme}://{random.choice(HOSTS)}{path}{random.choice(['', '/'])}"
            if random.random() < 0.7:
                parts["region"] = random.choice(REGIONS)
            host = rules.authority(parts["endpoint"])[1]
            if path or host.startswith("[") or rules.is_ipv4(host):
                parts["addressingStyle"] = "path"
        for name in ("uploadURLLifetime", "playbackURLLifetime"):
            if random.random() < 0.4:
                parts[name] = self.lifetime()
        return parts

    def environment(self, parts):
        names = {
            "accountID": "CLOUDFLARE_ACCOUNT_ID", "accessKeyID": "R2_ACCESS_KEY_ID",
            "secretAccessKey": "R2_SECRET_ACCESS_KEY", "sessionToken": "R2_SESSION_TOKEN", "bucket": "R2_BUCKET_NAME",
            "jurisdiction": "R2_JURISDICTION", "endpoint": "R2_ENDPOINT", "region": "R2_REGION",
            "uploadURLLifetime": "VIDEO_UPLOAD_URL_EXPIRY", "playbackURLLifetime": "VIDEO_PLAYBACK_URL_EXPIRY",
        }
        environment = {names[name]: str(value) for name, value in parts.items() if name in names}
        environment["R2_ALLOW_INSECURE_ENDPOINT"] = "true"
        environment["AWS_REGION"] = "us-west-2"  # never read
        return environment

    def bucket(self):
        texts = self.texts
        return texts.any_of("abc019", 1, 1) + texts.slug(1, 61) + texts.any_of("xyz789", 1, 1)

    # MARK: Times

    def instant(self):
        random = self.random
        choice = random.random()
        if choice < 0.4:
            second = random.randint(0, rules.LAST_SECOND)
        elif choice < 0.7:
            second = random.randint(1_700_000_000, 2_000_000_000)
        elif choice < 0.85:
            second = max(0, random.randint(0, 2_932_896) * 86_400 + random.choice([-1, 0, 1, 86_399]))
        elif choice < 0.95:
            second = random.choice(LEAP_DAYS) + random.choice([-1, 0, 86_399, 86_400])
        else:
            second = random.choice([0, 1, rules.LAST_SECOND, rules.LAST_SECOND - 604_800])
        second = min(second, rules.LAST_SECOND)
        return second + random.choice([0, 0, 0, 0.25, 0.5, 0.999])

    def lifetime(self):
        random = self.random
        return random.choice([1, 60, 900, 3600, 86_400, 604_800, random.randint(1, 604_800)])

    # MARK: Calls

    def question(self):
        random = self.random
        config, moments = random.choice(self.configurations)
        call = random.choice(CALLS)
        instant = random.choice(moments) if random.random() < 0.5 else self.instant()
        question = {
            "operation": "presign", "config": config, "call": call, "instant": min(instant, rules.LAST_SECOND),
            "keys": [self.key() for _ in range(random.randint(1, 4) if call == "playbacks" else 1)],
        }
        if random.random() < 0.8:
            question["lifetime"] = self.lifetime()
        details = {
            "upload": self.upload, "part": self.part, "parts": self.plan, "playback": self.playback,
            "playbacks": self.playback, "download": self.download, "custom": self.custom,
        }
        if call in details:
            question.update(details[call]())
        if "window" in question:
            question["lifetime"] = random.randint(1, rules.LONGEST_LIFETIME - question["window"])
        return question

    def key(self):
        if self.random.random() < 0.15:
            return {"text": self.texts.unchecked_key(), "isUnchecked": True}
        return {"text": self.texts.key(), "isUnchecked": False}

    def upload(self):
        random, texts = self.random, self.texts
        makers = {
            "contentType": lambda: random.choice(["video/mp4", "text/plain; charset=utf-8", texts.header_value()]),
            "contentLength": self.content_length, "cacheControl": texts.header_value,
            "contentDisposition": self.disposition, "checksum": lambda: self.checksum(list(rules.CHECKSUMS)),
            "metadata": self.metadata, "storageClass": lambda: random.choice(list(rules.STORAGE_CLASSES)),
        }
        upload = {name: make() for name, make in makers.items() if random.random() < 0.4}
        condition = random.randrange(4)
        if condition == 0:
            upload["ifNoneMatch"] = True
        if condition == 1:
            tag = random.choice([texts.hexadecimal(32), texts.hexadecimal(32) + "-12", "a'b", "!#~"])
            upload["ifMatch"] = random.choice([tag, f'"{tag}"'])
        return {"upload": upload}

    def content_length(self):
        random = self.random
        most = rules.MAXIMUM_REQUEST
        return random.choice([0, 1, most, random.randint(0, most), random.randint(0, 9999)])

    def checksum(self, names):
        name = self.random.choice(names)
        length = rules.CHECKSUMS[name][1]
        return {"algorithm": name, "base64": self.texts.base64(length, length)}

    def metadata(self):
        random, texts = self.random, self.texts
        names = {texts.any_of("abcABC019-_.", 1, 8).lower() for _ in range(random.randint(1, 5))}
        return {
            random.choice([name, name.upper()]): texts.header_value() if random.random() < 0.9 else ""
            for name in sorted(names)
        }

    def disposition(self):
        random = self.random
        disposition = {"kind": random.choice(["attachment", "inline"])}
        if random.random() < 0.8:
            disposition["filename"], disposition["fallback"] = self.texts.filename()
        return disposition

    def part(self):
        random, texts = self.random, self.texts
        part = {"number": random.choice([1, 10_000, random.randint(1, 10_000)]), "uploadID": texts.upload_id()}
        if random.random() < 0.7:
            part["contentLength"] = self.content_length()
        if random.random() < 0.4:
            part["checksum"] = self.checksum(sorted(rules.PART_CHECKSUMS))
        return {"part": part}

    def plan(self):
        random, most = self.random, rules.MAXIMUM_REQUEST
        largest = rules.MAXIMUM_OBJECT
        total = random.choice([1, random.randint(1, 10**9), random.randint(1, largest), largest])
        plan = {"totalLength": total}
        if random.random() < 0.5:
            least = max(5 * rules.MIB, -(-total // 10_000))
            plan["partLength"] = random.choice([least, most, random.randint(least, most)])
        _, count = rules.part_lengths(total, plan.get("partLength"))
        plan["numbers"] = sorted({1, count, random.randint(1, count)})
        return {"plan": plan, "part": {"number": 1, "uploadID": self.texts.upload_id()}}

    def playback(self):
        random, texts = self.random, self.texts
        makers = {
            "contentDisposition": self.disposition, "contentType": texts.header_value,
            "cacheControl": texts.header_value,
        }
        overrides = {name: make() for name, make in makers.items() if random.random() < 0.3}
        return {"overrides": overrides, **self.window()}

    def download(self):
        filename, fallback = self.texts.filename()
        return {"filename": filename, "fallback": fallback, **self.window()}

    def window(self):
        if self.random.random() < 0.7:
            return {}
        return {"window": self.random.choice([1, 300, 3600, 86_400, 604_799, self.random.randint(1, 604_799)])}

    def custom(self):
        random, texts = self.random, self.texts
        names = [texts.text() for _ in range(random.randint(0, 4))]
        names += random.choices(["a", "ab", "x-id", "upload"], k=random.randint(0, 2))
        parameters = [[name, random.choice(["", texts.text(40)])] for name in names]
        method = random.choice(["GET", "HEAD", "PUT", "DELETE"])
        if random.random() < 0.3:
            parameters += self.operation(method)
            random.shuffle(parameters)
        headers = {}
        for _ in range(random.randint(0, 4)):
            name = self.header_name()
            headers[name.lower()] = [name, texts.header_value()]
        return {
            "method": method, "parameters": parameters, "headers": list(headers.values()),
        }

    def operation(self, method):
        """Parameters that name an operation which R2 has for the method."""
        random = self.random
        names = sorted(rules.KNOWN_OPERATIONS[method])
        name = random.choice(names) if names else None
        number = [["partNumber", str(random.choice([1, 10_000, random.randint(1, 10_000)]))]]
        if name == "uploadId":
            return [[name, self.texts.upload_id()]] + (number if method == "PUT" else [])
        return [[name, ""]] if name else number

    def header_name(self):
        random = self.random
        common = [
            "content-type", "Content-MD5", "if-match", "range", "x-a", "x-A", "x-a-b", "x-ab", "X-Amz-Meta-a", "hosts",
        ]
        return random.choice(common) if random.random() < 0.7 else "x" + self.texts.token_name()
