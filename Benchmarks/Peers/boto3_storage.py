"""boto3: upload_file and download_file (s3transfer), put_object and get_object in threads."""
import workload_storage as w

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

client = boto3.client(
    "s3", endpoint_url=w.ENDPOINT, region_name=w.REGION, aws_access_key_id=w.ACCESS_KEY_ID,
    aws_secret_access_key=w.SECRET_ACCESS_KEY, verify=w.CA_FILE,
    config=Config(
        signature_version="s3v4", s3={"addressing_style": "path"}, request_checksum_calculation="when_required",
        response_checksum_validation="when_required", max_pool_connections=w.CONCURRENCY or 10))


def put(key):
    client.put_object(Bucket=w.BUCKET, Key=key, Body=w.CONTENT)


def get(key):
    assert len(client.get_object(Bucket=w.BUCKET, Key=key)["Body"].read()) == w.SIZE


def large():
    sized = {"multipart_chunksize": w.PART, "max_concurrency": w.CONCURRENCY} if w.PART else {}
    # The classic implementation, in Python; the one in C is measured by itself.
    config = TransferConfig(preferred_transfer_client="classic", **sized)
    if w.WORKLOAD == "upload":
        client.upload_file(w.FILE, w.BUCKET, w.KEY, Config=config)
    else:
        client.download_file(w.BUCKET, w.KEY, w.FILE, Config=config)


w.measure(large if w.IS_LARGE else lambda: w.in_threads(put if w.WORKLOAD == "put" else get))
