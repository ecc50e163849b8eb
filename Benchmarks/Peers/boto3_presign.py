"""boto3: generate_presigned_url."""
import boto3
from botocore.config import Config

import workload as w

client = boto3.client(
    "s3", endpoint_url=w.ENDPOINT, region_name=w.REGION, aws_access_key_id=w.ACCESS_KEY_ID,
    aws_secret_access_key=w.SECRET_ACCESS_KEY,
    config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))


def sign(key):
    if w.IS_UPLOAD:
        parameters = {"Bucket": w.BUCKET, "Key": key, "ContentType": w.CONTENT_TYPE}
        return client.generate_presigned_url("put_object", Params=parameters, ExpiresIn=w.LIFETIME)
    return client.generate_presigned_url("get_object", Params={"Bucket": w.BUCKET, "Key": key}, ExpiresIn=w.LIFETIME)


w.measure("boto3", sign, 1500)
