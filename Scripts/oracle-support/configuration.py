"""The result of a configuration (endpoint, credentials, lifetimes), or the reason why it is rejected."""

import re
from dataclasses import dataclass

import rules
from rules import Refused

# In the order of the documentation's table.
VARIABLES = [
    "CLOUDFLARE_ACCOUNT_ID", "R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY", "R2_SESSION_TOKEN", "R2_BUCKET_NAME",
    "R2_JURISDICTION", "R2_ENDPOINT", "R2_ALLOW_INSECURE_ENDPOINT", "R2_REGION", "VIDEO_UPLOAD_URL_EXPIRY",
    "VIDEO_PLAYBACK_URL_EXPIRY",
]


@dataclass
class Configuration:
    scheme: str
    authority: str
    path: str
    account: str
    credentials: tuple
    credentials_end: float
    bucket: str
    region: str
    is_in_path: bool
    upload_lifetime: int
    playback_lifetime: int

    @property
    def prefix(self):
        """The part of every URL before the key."""
        if self.is_in_path:
            return f"{self.scheme}://{self.authority}{self.path}/{self.bucket}/"
        return f"{self.scheme}://{self.bucket}.{self.authority}/"

    def with_credentials(self, credentials, end):
        return Configuration(**{**vars(self), "credentials": credentials, "credentials_end": end})


def read(config):
    return from_environment(config["environment"]) if "environment" in config else from_parts(config["parts"])


def from_parts(parts):
    for name in ("accessKeyID", "secretAccessKey"):
        rules.credential(parts[name])
    token, end = parts.get("sessionToken"), parts.get("credentialsExpireAt")
    if token is not None:
        rules.credential(token)
        end = rules.token_expiry(token) if end is None else end
    bucket = rules.bucket(parts["bucket"])
    if parts.get("endpoint") is not None:
        scheme, authority, host, account, _, path = rules.endpoint(parts["endpoint"], parts["allowsInsecureHTTP"])
    else:
        account = rules.account(parts["accountID"])
        place = parts.get("jurisdiction")
        middle = "" if place is None else "." + rules.jurisdiction(place)
        scheme, host = "https", f"{account}{middle}.{rules.CLOUDFLARE}"
        authority, path = host, ""
    region = parts.get("region") or "auto"
    problems = []
    if not rules.region_is_right(region, account is not None):
        problems.append("region")
    is_in_path = parts["addressingStyle"] == "path"
    if not is_in_path and (host.startswith("[") or rules.is_ipv4(host)):
        problems.append("addressingStyle")
    if not is_in_path and path:
        problems.append("addressingStyle")
    if path.split("/")[-1] == bucket:
        problems.append("endpoint")
    lifetimes = {"uploadURLLifetime": 900, "playbackURLLifetime": 3600}
    for name, default in lifetimes.items():
        lifetimes[name] = default if parts.get(name) is None else parts[name]
        if not 1 <= lifetimes[name] <= rules.LONGEST_LIFETIME:
            problems.append(name)
    if problems:
        raise Refused("R2ConfigError", problems)
    return Configuration(
        scheme, authority, path, account, (parts["accessKeyID"], parts["secretAccessKey"], token), end, bucket, region,
        is_in_path, *lifetimes.values())


def from_environment(environment):
    """Lists every missing or invalid variable, in the order of the documentation's table."""
    given = {name: value for name, value in environment.items() if value != ""}
    values, wrong = {}, set()

    def check(name, rule, is_required=False):
        if name not in given:
            if is_required:
                wrong.add(name)
            return
        try:
            values[name] = rule(given[name])
        except Refused:
            wrong.add(name)

    def flag(text):
        rules.require(text in ("true", "false"), "")
        return text == "true"

    def seconds(text):
        rules.require(text.isascii() and text.isdigit(), "")
        return rules.lifetime(int(text))

    check("R2_ALLOW_INSECURE_ENDPOINT", flag)
    allows_http = values.get("R2_ALLOW_INSECURE_ENDPOINT", False)
    check("R2_ENDPOINT", lambda url: rules.endpoint(url, allows_http))
    check("CLOUDFLARE_ACCOUNT_ID", rules.account, is_required="R2_ENDPOINT" not in given)
    check("R2_JURISDICTION", rules.jurisdiction)
    for name in ("R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY"):
        check(name, rules.credential, is_required=True)
    check("R2_SESSION_TOKEN", rules.credential)
    check("R2_BUCKET_NAME", rules.bucket, is_required=True)
    check("VIDEO_UPLOAD_URL_EXPIRY", seconds)
    check("VIDEO_PLAYBACK_URL_EXPIRY", seconds)

    account, place = values.get("CLOUDFLARE_ACCOUNT_ID"), values.get("R2_JURISDICTION")
    if "R2_ENDPOINT" in values:
        scheme, authority, host, owner, owner_place, path = values["R2_ENDPOINT"]
        if path.split("/")[-1] == values.get("R2_BUCKET_NAME"):
            wrong.add("R2_ENDPOINT")
        if owner is None and account and scheme == "https" and not rules.is_loopback(host):
            wrong.add("R2_ENDPOINT")  # most likely a custom domain of that account
        if owner is None and place and not rules.is_loopback(host):
            wrong.add("R2_JURISDICTION")
        if owner is not None and account not in (None, owner):
            wrong.add("CLOUDFLARE_ACCOUNT_ID")
        if owner is not None and place not in (None, owner_place):
            wrong.add("R2_JURISDICTION")
        is_cloudflare = owner is not None
    else:
        owner, path = account, ""
        scheme, authority = "https", f"{account}{'.' + place if place else ''}.{rules.CLOUDFLARE}"
        is_cloudflare = "R2_ENDPOINT" not in given
    looks_swapped = re.fullmatch("[0-9A-Fa-f]{64}", values.get("R2_ACCESS_KEY_ID", ""))
    if owner and looks_swapped and "R2_SECRET_ACCESS_KEY" in values:
        wrong.add("R2_ACCESS_KEY_ID")
    region = given.get("R2_REGION", "auto")
    if not rules.region_is_right(region, is_cloudflare):
        wrong.add("R2_REGION")

    if wrong:
        raise Refused("R2ConfigError", [name for name in VARIABLES if name in wrong])
    token = values.get("R2_SESSION_TOKEN")
    return Configuration(
        scheme, authority, path, owner, (values["R2_ACCESS_KEY_ID"], values["R2_SECRET_ACCESS_KEY"], token),
        token and rules.token_expiry(token), values["R2_BUCKET_NAME"], region, True,
        values.get("VIDEO_UPLOAD_URL_EXPIRY", 900), values.get("VIDEO_PLAYBACK_URL_EXPIRY", 3600))
