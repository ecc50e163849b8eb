import R2Kit

/// The documents of R2: those that are read, and the one that is written.
enum Listings {
    static var works: [Main.Work] {
        [
            Main.Work("objects of a page, read", .linear, [1, 10, 100, 1000]) { count in
                let objects = (0..<count).map {
                    "<Contents><Key>videos/\($0)/original.mp4</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified>"
                        + "<ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag><Size>52428800</Size>"
                        + "<StorageClass>STANDARD</StorageClass></Contents>"
                }
                let response = response("ListBucketResult", "<IsTruncated>false</IsTruncated>" + objects.joined())
                return { try ListObjectsV2().output(from: response).objects.count }
            },
            Main.Work("parts of a page, read", .linear, [1, 10, 100, 1000]) { count in
                let parts = (1...count).map {
                    "<Part><PartNumber>\($0)</PartNumber><LastModified>2026-01-02T03:04:05.000Z</LastModified>"
                        + "<ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag><Size>8388608</Size></Part>"
                }
                let response = response("ListPartsResult", "<IsTruncated>false</IsTruncated>" + parts.joined())
                let operation = ListParts(try UploadID("an-upload"), key: try ObjectKey("videos/lecture.mp4"))
                return { try operation.output(from: response).parts.count }
            },
            Main.Work("parts of an upload, completed", .linear, [10, 100, 1000, 10_000]) { count in
                let etag = try ETag("\"0123456789abcdef0123456789abcdef\"")
                let parts = (1...count).map { CompletedPart($0, etag: etag) }
                let operation = CompleteMultipartUpload(
                    try UploadID("an-upload"), key: try ObjectKey("videos/lecture.mp4"), parts: parts)
                return { try Int(operation.request().body.length) }
            },
        ]
    }

    private static func response(_ root: String, _ content: String) -> R2Response {
        R2Response(
            status: 200, body: Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?><\(root)>\(content)</\(root)>".utf8))
    }
}
