"""Prints requests that botocore signs, one JSON object a line, without sending any.

    emulator_requests.py SEED COUNT ENDPOINT ACCESS_KEY_ID SECRET_ACCESS_KEY

Half of them are what botocore's S3 client would send, half are presigned URLs. The tests of R2Emulator verify them.
"""

import json
import random
import sys
from urllib.parse import urlsplit

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config

CHARACTERS = "abcXYZ019-._~!*'()+ %&=?#@:;,$[]{}|^\"<>é講👩"


def text(chance):
    return "k" + "".join(chance.choice(CHARACTERS) for _ in range(chance.randint(1, 14)))


def key(chance):
    return "/".join(text(chance) for _ in range(chance.randint(1, 3)))


def client(endpoint, identifier, secret):
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"total_max_attempts": 1},
    )
    return botocore.session.get_session().create_client(
        "s3",
        region_name="auto",
        endpoint_url=endpoint,
        aws_access_key_id=identifier,
        aws_secret_access_key=secret,
        config=config,
    )


def calls(s3, chance):
    bucket = {"Bucket": "media"}
    one = {**bucket, "Key": key(chance)}
    body = text(chance).encode()
    return chance.choice([
        ("list_buckets", {}, b""),
        ("head_bucket", bucket, b""),
        ("list_objects_v2", {**bucket, "Prefix": text(chance), "StartAfter": text(chance), "MaxKeys": 7}, b""),
        ("get_object", {**one, "Range": "bytes=0-9"}, b""),
        ("get_object", {**one, "ResponseContentDisposition": 'attachment; filename="a b.mp4"'}, b""),
        ("head_object", one, b""),
        ("delete_object", one, b""),
        ("put_object", {**one, "Body": body, "ContentType": "video/mp4", "Metadata": {"a": " two  words "}}, body),
        ("copy_object", {**one, "CopySource": {"Bucket": "media", "Key": key(chance)}}, b""),
        ("create_multipart_upload", one, b""),
        ("upload_part", {**one, "UploadId": "a+/b==", "PartNumber": 3, "Body": body}, body),
        ("abort_multipart_upload", {**one, "UploadId": "a+/b=="}, b""),
    ])


def sent(s3, name, arguments):
    """Returns the request that a call sends."""
    found = []

    def capture(request, **_):
        found.append(request)
        return AWSResponse(request.url, 204, {}, None)

    s3.meta.events.register("before-send.s3", capture)
    try:
        getattr(s3, name)(**arguments)
    except Exception:  # The empty response isn't what the call expects.
        pass
    s3.meta.events.unregister("before-send.s3", capture)
    return found[0]


def main():
    seed, count, endpoint, identifier, secret = sys.argv[1:]
    chance = random.Random(int(seed))
    s3 = client(endpoint, identifier, secret)
    host = urlsplit(endpoint).netloc
    for number in range(int(count)):
        name, arguments, body = calls(s3, chance)
        if number % 2:
            request = sent(s3, name, arguments)
            method, url = request.method, request.url
            headers = [
                [header, value.decode() if isinstance(value, bytes) else value]
                for header, value in request.headers.items()
            ]
        else:
            arguments.pop("Body", None)
            method = {"put": "PUT", "copy": "PUT", "upload": "PUT", "delete": "DELETE", "abort": "DELETE",
                      "create": "POST", "head": "HEAD"}.get(name.split("_")[0], "GET")
            url = s3.generate_presigned_url(name, arguments, ExpiresIn=chance.randint(60, 604800))
            headers = []
            for header, value in presigned_headers(name, arguments):
                headers.append([header, value])
        parts = urlsplit(url)
        target = parts.path + ("?" + parts.query if parts.query else "")
        if not any(header.lower() == "host" for header, _ in headers):
            headers.append(["Host", host])
        print(json.dumps({
            "name": name, "method": method, "target": target, "headers": headers, "body": body.decode(),
        }))


def presigned_headers(name, arguments):
    """Returns the headers that the client of a presigned URL must send."""
    if name == "put_object":
        yield "Content-Type", arguments["ContentType"]
        for item, value in arguments["Metadata"].items():
            yield f"x-amz-meta-{item}", value
    if name == "copy_object":
        yield "x-amz-copy-source", arguments["CopySource"]  # botocore has replaced it by the header's value
    if name == "get_object" and "Range" in arguments:
        yield "Range", arguments["Range"]


main()
