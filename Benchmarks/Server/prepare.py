"""Makes a ready video with a stream of 1,000 segments for both servers, and prints its identifier and a cookie.

Usage: prepare.py URL CATALOG PEER-DATABASE
"""
import json
import os
import pathlib
import sqlite3
import sys
import urllib.request
import uuid

import boto3
from botocore.config import Config

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "Scripts/openapi-support"))
from sample import mp4  # noqa: E402

url, catalog, peer = sys.argv[1:]
headers = {"Origin": url, "Content-Type": "application/json"}


def send(method, path, body):
    request = urllib.request.Request(url + path, data=json.dumps(body).encode(), headers=headers, method=method)
    return urllib.request.urlopen(request)


cookie = send("POST", "/session", {"person": "ada"}).headers["Set-Cookie"].partition(";")[0]
headers["Cookie"] = cookie
begin = {"file": {"name": "talk.mp4", "byteSize": 4096}, "token": "benchmark", "sessionID": "speaking/1"}
upload = json.load(send("POST", "/api/uploads", begin))
signed = upload["request"]
fields = {name: value for name, value in signed["headers"].items() if name != "content-length"}
urllib.request.urlopen(urllib.request.Request(signed["url"], data=mp4(), headers=fields, method="PUT")).close()
video = json.load(send("POST", f"/api/uploads/{upload['video']}/complete", {}))["id"]

segments = "".join(f"#EXTINF:4.000000,\nsegment{number:04}.m4s\n" for number in range(1000))
playlist = f"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n{segments}#EXT-X-ENDLIST\n"
stream = f"videos/{video}/hls/index.m3u8"
boto3.client(
    "s3", endpoint_url=os.environ["R2_ENDPOINT"], region_name="auto", aws_access_key_id=os.environ["R2_ACCESS_KEY_ID"],
    aws_secret_access_key=os.environ["R2_SECRET_ACCESS_KEY"],
    config=Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required"),
).put_object(Bucket=os.environ["R2_BUCKET_NAME"], Key=stream, Body=playlist.encode())

# As an app's transcoder would do through the catalog.
with sqlite3.connect(catalog) as database:
    database.execute(
        "UPDATE video_catalog_videos SET renditions = ?, version = version + 1 WHERE id = ?",
        (json.dumps([{"kind": "hls", "key": stream}]), uuid.UUID(video).bytes))
with sqlite3.connect(peer) as database:
    database.execute(
        "INSERT INTO videos VALUES (?, 'ada', 'benchmark', 'talk', 'speaking/1', 'video/mp4', 4096, 'ready', ?, ?, 0)",
        (video, f"videos/{video}/file", stream))
print(video, cookie)
