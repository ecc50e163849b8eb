"""The smallest server that does what the measured routes of the video server do: FastAPI, boto3 and SQLite.

Usage: fastapi_server.py PORT DATABASE, with SESSION_SECRET and the variables of the emulator in the environment.
"""
import datetime
import hashlib
import hmac
import os
import sqlite3
import sys
import time
import uuid

import boto3
import uvicorn
from botocore.config import Config
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

BUCKET = os.environ["R2_BUCKET_NAME"]
SECRET = os.environ["SESSION_SECRET"].encode()
LIFETIME = 7 * 3600

client = boto3.client(
    "s3", endpoint_url=os.environ["R2_ENDPOINT"], region_name="auto",
    aws_access_key_id=os.environ["R2_ACCESS_KEY_ID"], aws_secret_access_key=os.environ["R2_SECRET_ACCESS_KEY"],
    config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, max_pool_connections=64))
database = sqlite3.connect(sys.argv[2], check_same_thread=False)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = NORMAL")
database.execute(
    "CREATE TABLE IF NOT EXISTS videos (id TEXT PRIMARY KEY, user TEXT, token TEXT, title TEXT, session TEXT, "
    "type TEXT, size INTEGER, state TEXT, key TEXT, stream TEXT, created REAL, UNIQUE (user, token))")
app = FastAPI(openapi_url=None)


class File(BaseModel):
    name: str = Field(min_length=1, max_length=255)
    byteSize: int = Field(ge=1, le=10 * 1024**3)


class Begin(BaseModel):
    file: File
    token: str = Field(min_length=1, max_length=255)
    title: str | None = Field(default=None, max_length=500)
    sessionID: str


def caller(request):
    """The user whom the cookie proves, in the form of the video server."""
    parts = request.cookies.get("session", "").split(".")
    if len(parts) == 3 and parts[1].isdigit() and int(parts[1]) > time.time():
        message = f"session cookie\0{parts[0]}.{parts[1]}".encode()
        if hmac.compare_digest(hmac.new(SECRET, message, hashlib.sha256).hexdigest(), parts[2]):
            return parts[0]
    raise HTTPException(401)


def sign(method, **parameters):
    return client.generate_presigned_url(method, Params={"Bucket": BUCKET, **parameters}, ExpiresIn=LIFETIME)


def expiry():
    return datetime.datetime.fromtimestamp(time.time() + LIFETIME, datetime.timezone.utc).isoformat()


def find(video, user, column):
    row = database.execute(f"SELECT {column}, type, state FROM videos WHERE id = ? AND user = ?", (video, user))
    found = row.fetchone()
    if found is None:
        raise HTTPException(404)
    if found[2] != "ready":
        raise HTTPException(409)
    return found


# The routes that don't wait run in the event loop, which is faster than a thread for each.
@app.post("/api/uploads")
async def begin(request: Request, body: Begin):
    user = caller(request)
    video = str(uuid.uuid4())
    key = f"uploads/{video}"
    with database:
        database.execute(
            "INSERT INTO videos VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (video, user, body.token, body.title or body.file.name, body.sessionID, "video/mp4", body.file.byteSize,
             "pendingUpload", key, None, time.time()))
    url = sign("put_object", Key=key, ContentType="video/mp4", ContentLength=body.file.byteSize)
    return {
        "video": video, "phase": "waiting", "byteSize": body.file.byteSize, "contentType": "video/mp4",
        "request": {
            "method": "PUT", "url": url, "headers": {"content-type": "video/mp4"}, "expiresAt": expiry()},
    }


@app.get("/api/videos/{video}/playback")
async def playback(request: Request, video: str):
    key, kind, _ = find(video, caller(request), "key")
    return {"url": sign("get_object", Key=key), "expiresAt": expiry(), "contentType": kind, "cacheKey": video}


@app.get("/api/videos/{video}/playlist")
async def playlist(request: Request, video: str):
    key, _, _ = find(video, caller(request), "stream")
    folder = key.rpartition("/")[0]

    def rewrite():
        text = client.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
        return "\n".join(
            sign("get_object", Key=f"{folder}/{line}") if line and not line.startswith("#") else line
            for line in text.split("\n"))

    return Response(await run_in_threadpool(rewrite), media_type="application/vnd.apple.mpegurl")


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
