"""The documented rules for every value. Each function returns the value in its final form, or rejects it."""

import base64
import binascii
import datetime
import ipaddress
import json
import re
import string
import unicodedata
from urllib.parse import quote

LAST_SECOND = 253_402_300_799
LONGEST_LIFETIME = 604_800
MIB = 1024 * 1024
MAXIMUM_REQUEST = 5 * 1024 * MIB - 5 * MIB
MAXIMUM_OBJECT = 5 * 1024 * 1024 * MIB - 5 * 1024 * MIB
CLOUDFLARE = "r2.cloudflarestorage.com"
CLOUDFLARE_REGIONS = {"auto", "us-east-1", "wnam", "enam", "weur", "eeur", "apac", "oc"}
CHECKSUMS = {
    "md5": ("content-md5", 16), "crc32": ("x-amz-checksum-crc32", 4), "crc32c": ("x-amz-checksum-crc32c", 4),
    "sha1": ("x-amz-checksum-sha1", 20), "sha256": ("x-amz-checksum-sha256", 32),
}
PART_CHECKSUMS = {"md5", "crc32", "crc32c"}
STORAGE_CLASSES = {"standard": "STANDARD", "infrequentAccess": "STANDARD_IA"}
RESERVED_HEADERS = {"authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"}
# More headers that a presigned URL can't sign: R2 rejects them, or clients and proxies set or change them.
UNSTABLE_HEADERS = {
    "accept-encoding", "connection", "expect", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding",
    "upgrade", "user-agent",
}
RESERVED_PARAMETERS = {
    "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-security-token", "x-amz-signature",
    "x-amz-signedheaders",
}


class Refused(Exception):
    """The rejection of a value, with a code and, for a configuration, the invalid settings."""

    def __init__(self, code, settings=None):
        super().__init__(code)
        self.code = code
        self.settings = settings


def require(condition, code):
    if not condition:
        raise Refused(code)


def encode(text, safe=""):
    return quote(text.encode(), safe=safe + "-._~")


def object_key(text, is_unchecked=False):
    """1 to 1,024 bytes in NFC, without control bytes, without empty, `.` or `..` segments."""
    if is_unchecked:
        require(1 <= len(text.encode()) <= 1024, "invalidObjectKey")
        return text
    key = unicodedata.normalize("NFC", text)
    require(1 <= len(key.encode()) <= 1024, "invalidObjectKey")
    require(not any(byte < 32 or byte == 127 for byte in key.encode()), "invalidObjectKey")
    require(not {"", ".", ".."} & set(key.split("/")), "invalidObjectKey")
    return key


def bucket(name):
    require(re.fullmatch("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", name), "invalidBucketName")
    return name


def account(text):
    require(re.fullmatch("[0-9a-fA-F]{32}", text), "invalidAccountID")
    return text.lower()


def jurisdiction(name):
    require(re.fullmatch("[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?", name), "invalidJurisdiction")
    require(name.lower() != "default", "invalidJurisdiction")
    return name.lower()


def credential(text):
    require(re.fullmatch("[!-~]+", text), "invalidCredentials")
    require(not re.fullmatch("\".*\"|'.*'", text), "invalidCredentials")
    return text


def token_expiry(token):
    """The expiry in a token created for R2."""
    try:
        decoded = base64.b64decode(token, validate=True)
        if not decoded.startswith(b"jwt/"):
            return None
        claims = decoded[4:].split(b".")[1]
        return json.loads(base64.urlsafe_b64decode(claims + b"=" * (-len(claims) % 4))).get("exp")
    except (binascii.Error, ValueError, IndexError):
        return None


def lifetime(seconds):
    require(1 <= seconds <= LONGEST_LIFETIME, "invalidLifetime")
    return seconds


def window(seconds):
    require(1 <= seconds <= LONGEST_LIFETIME - 1, "invalidLifetime")
    return seconds


def plain_text(text, code="invalidHeaderValue"):
    """Printable ASCII, not empty, without spaces at the ends or two in a row."""
    require(re.fullmatch("[!-~]+( [!-~]+)*", text), code)
    return text


def disposition(value):
    """RFC 6266: an ASCII name, followed by the exact name if they differ."""
    filename = value.get("filename")
    if filename is None:
        return value["kind"]
    require(filename and not any(unicodedata.category(character) == "Cc" for character in filename), "invalidFilename")
    text = f'{value["kind"]}; filename="{value["fallback"]}"'
    return text if value["fallback"] == filename else f"{text}; filename*=UTF-8''{encode(filename)}"


def etag(tag):
    inner = tag[1:-1] if len(tag) >= 2 and tag[0] == tag[-1] == '"' else tag
    require(re.fullmatch("[!#-~]+", inner) and inner != "*" and not inner.startswith("W/"), "invalidETag")
    return f'"{inner}"'


def checksum(value):
    header, length = CHECKSUMS[value["algorithm"]]
    try:
        decoded = base64.b64decode(value["base64"], validate=True)
    except (binascii.Error, ValueError):
        raise Refused("invalidChecksum") from None
    require(len(decoded) == length, "invalidChecksum")
    require(base64.b64encode(decoded).decode() == value["base64"], "invalidChecksum")
    return header, value["base64"]


def content_length(length):
    require(0 <= length <= MAXIMUM_REQUEST, "invalidContentLength")
    return str(length)


def metadata(values):
    for name, value in values.items():
        require(re.fullmatch("[A-Za-z0-9._-]+", name), "invalidMetadata")
        if value:
            plain_text(value, "invalidMetadata")
    require(sum(len(name) + len(value) for name, value in values.items()) <= 8192, "invalidMetadata")
    require(len({name.lower() for name in values}) == len(values), "invalidMetadata")
    return {f"x-amz-meta-{name.lower()}": value for name, value in values.items()}


def upload_id(text):
    require(re.fullmatch(r"[\x21-\x7e]+", text), "invalidUploadID")
    return text


def part_number(number):
    require(1 <= number <= 10_000, "invalidPartNumber")
    return str(number)


def part_lengths(total, wish):
    """The part length of a plan and the number of its parts."""
    require(1 <= total <= MAXIMUM_OBJECT, "invalidPartPlan")
    least = -(-total // 10_000)
    length = wish if wish is not None else max(8 * MIB, -(-least // MIB) * MIB)
    require(5 * MIB <= length <= MAXIMUM_REQUEST, "invalidPartPlan")
    count = -(-total // length)
    require(count <= 10_000, "invalidPartPlan")
    return length, count


def authority(url):
    """Scheme, host and port of an endpoint, without the port if it is the scheme's default, and its path."""
    match = re.fullmatch(r"(?i:(https?))://(\[[^\]]*\]|[^:/?#@\[\]]*)(?::([0-9]+))?((?:/[^/?#]+)*)/?", url, re.ASCII)
    require(match, "invalidEndpoint")
    path = match[4]
    segments = path.split("/")[1:]
    require(all(re.fullmatch("[A-Za-z0-9._~-]+", segment) for segment in segments), "invalidEndpoint")
    require(not {".", ".."} & set(segments), "invalidEndpoint")
    scheme, host, port = match[1].lower(), match[2].lower(), match[3] and int(match[3])
    require(port is None or 1 <= port <= 65_535, "invalidEndpoint")
    if host.startswith("["):
        try:
            ipaddress.IPv6Address(host[1:-1])
        except ValueError:
            raise Refused("invalidEndpoint") from None
        require("%" not in host, "invalidEndpoint")
    else:
        is_name = all(re.fullmatch("[a-z0-9_-]{1,63}", label) for label in host.split("."))
        require(is_name and len(host) <= 253, "invalidEndpoint")
        # An address has only one accepted form.
        is_number = re.fullmatch("[0-9]+|0x[0-9a-f]*", host.split(".")[-1])
        require(not is_number or is_ipv4(host), "invalidEndpoint")
    return scheme, host, None if port == {"https": 443, "http": 80}[scheme] else port, path


def is_loopback(host):
    return host in ("localhost", "[::1]") or host.endswith(".localhost") or is_ipv4(host) and host.startswith("127.")


def is_ipv4(host):
    numbers = host.split(".")
    return len(numbers) == 4 and all(re.fullmatch("0|[1-9][0-9]{0,2}", number) and int(number) < 256 for number in numbers)


def endpoint(url, allows_http):
    """Scheme, authority, host, account, jurisdiction and base path of an S3 API."""
    scheme, host, port, path = authority(url)
    require(scheme == "https" or allows_http or is_loopback(host), "invalidEndpoint")
    require(host != "r2.dev" and not host.endswith(".r2.dev"), "customDomain")
    owner, place = None, None
    if host == CLOUDFLARE or host.endswith("." + CLOUDFLARE):
        labels = host[: -len(CLOUDFLARE)].rstrip(".").split(".")
        require(1 <= len(labels) <= 2 and re.fullmatch("[0-9a-f]{32}", labels[0]), "invalidEndpoint")
        owner = labels[0]
        place = jurisdiction(labels[1]) if len(labels) == 2 else None
        require(scheme == "https" and port is None and not path, "invalidEndpoint")
    return scheme, host if port is None else f"{host}:{port}", host, owner, place, path


# The parameters that determine an operation of S3, from its API reference, except for those of the function below.
OPERATIONS = """
    accelerate acl analytics attributes cors delete encryption intelligent-tiering inventory legal-hold lifecycle
    list-type location logging metadataConfiguration metadataTable metrics notification object-lock ownershipControls
    policy policyStatus publicAccessBlock renameObject replication requestPayment restore retention select tagging
    torrent uploadId uploads versioning versions website
""".split()
# The operations on an object that R2 performs, or rejects by their names, for each method that can be presigned.
KNOWN_OPERATIONS = {
    "GET": {"acl", "attributes", "legal-hold", "retention", "tagging", "torrent", "uploadId"}, "HEAD": set(),
    "PUT": {"acl", "legal-hold", "retention", "tagging", "uploadId"}, "DELETE": {"uploadId"},
}


def routing(method, parameters, headers):
    """Rejects a request that R2 would take for another operation than it names."""
    is_copy = "x-amz-copy-source" in headers
    require(not is_copy or method == "PUT", "misroutedRequest")
    require(is_copy or not any(name.startswith("x-amz-copy-source-") for name in headers), "misroutedRequest")
    ignored = {"x-amz-write-offset-bytes", "x-amz-rename-source"}
    require(method != "PUT" or not ignored & set(headers), "misroutedRequest")
    names = [*OPERATIONS, "partNumber", "versionId"]
    exact = {name.lower(): name for name in names}
    for name, _ in parameters:
        lower = re.sub("[A-Z]", lambda letter: letter[0].lower(), name)
        require(exact.get(lower, name) == name, "misroutedRequest")
    operations = [(name, value) for name, value in parameters if name in OPERATIONS]
    part_numbers = [value for name, value in parameters if name == "partNumber"]
    require(len(operations) <= 1 and len(part_numbers) <= 1, "misroutedRequest")
    for name, value in operations:
        if name == "uploadId":
            upload_id(value)
    for text in part_numbers:
        require(re.fullmatch("[1-9][0-9]{0,3}|10000", text), "invalidPartNumber")
    is_upload = any(name == "uploadId" for name, _ in operations)
    require(method != "PUT" or is_upload == bool(part_numbers), "misroutedRequest")
    require(method != "DELETE" or not part_numbers, "misroutedRequest")
    require(method != "DELETE" or all(name != "versionId" for name, _ in parameters), "misroutedRequest")
    require(all(name in KNOWN_OPERATIONS[method] for name, _ in operations), "misroutedRequest")


def region_is_right(name, is_cloudflare):
    return re.fullmatch("[A-Za-z0-9_-]+", name) and (not is_cloudflare or name in CLOUDFLARE_REGIONS)


def is_token(text):
    allowed = string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~"
    return bool(text) and all(character in allowed for character in text)


def iso8601(second):
    if second <= LAST_SECOND:
        return (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")
    # The expiry can be in January of the year 10000, which datetime doesn't support.
    later = datetime.datetime(9999, 1, 1) + datetime.timedelta(seconds=second - LAST_SECOND - 1)
    return later.strftime("10000-%m-%dT%H:%M:%SZ")
