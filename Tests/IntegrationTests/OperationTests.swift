import Foundation
import R2Kit
import Testing

/// Operations as values, against servers that check their signatures.
@Suite("Operations", .againstServers)
struct OperationTests {
    @Test(arguments: ServerKind.allCases)
    func `an object is stored, read, copied, and deleted`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let (key, copy) = (try Sample.key("a b+c&d.mp4"), try Sample.key("copy \u{E9}.mp4"))
        let body = Sample.bytes(5000)
        let properties = ObjectProperties(contentType: "video/mp4", userMetadata: ["Video-ID": "42"])
        let stored = try await server.send(PutObject(key, contentLength: 5000, properties: properties), body: body)

        let head = try await server.send(HeadObject(key))
        #expect(head.etag == stored.etag && head.contentLength == 5000 && head.contentType == "video/mp4")
        #expect(head.userMetadata["video-id"] == "42")
        #expect(head.lastModified.map { abs($0.timeIntervalSinceNow) < 600 } == true)

        let whole = try await server.exchange(
            GetObject(key, conditions: ObjectConditions(precondition: .ifMatch(head.etag))))
        #expect(whole.body == body && whole.output.contentRange == nil)
        for (range, first, last) in [
            (try ByteRange.bytes(10, through: 19), 10, 19), (try .from(4990), 4990, 4999), (try .last(7), 4993, 4999),
        ] {
            let part = try await server.exchange(GetObject(key, range: range))
            #expect(part.body == Body(body.bytes[first...last]) && part.output.totalLength == 5000)
        }

        let copied = try await server.send(CopyObject(CopySource(key), to: copy))
        #expect(copied.etag == stored.etag)
        #expect(try await server.send(HeadObject(copy)).userMetadata["video-id"] == "42")
        let replaced = ObjectProperties(contentType: "video/webm", userMetadata: ["other": "1"])
        _ = try await server.send(CopyObject(CopySource(key), to: copy, metadata: .replace(replaced)))
        let copyHead = try await server.send(HeadObject(copy))
        #expect(copyHead.contentType == "video/webm" && copyHead.userMetadata["video-id"] == nil)

        try await server.send(DeleteObject(key))
        try await server.send(DeleteObject(key))
        let missing = try await server.error(of: HeadObject(key))
        #expect(missing.code == .noSuchKey && missing.isNotFound)
        #expect(try await server.error(of: GetObject(key)).code == .noSuchKey)
    }

    @Test(arguments: ServerKind.allCases)
    func `conditions are checked`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let key = try Sample.key()
        let once = PutObject(
            key, contentLength: Int64(Sample.text.count), conditions: ObjectConditions(precondition: .ifAbsent))
        let etag = try await server.send(once, body: Sample.text).etag
        #expect(try await server.error(of: once, body: Sample.text).isPreconditionFailed)
        let unchanged = HeadObject(key, conditions: ObjectConditions(precondition: .ifNoneMatch(etag)))
        #expect(try await server.error(of: unchanged).code == .notModified)
        let later = HeadObject(key, conditions: ObjectConditions(ifModifiedSince: Date().addingTimeInterval(-86_400)))
        #expect(try await server.send(later).etag == etag)
        let other = GetObject(key, conditions: ObjectConditions(precondition: .ifMatch(try ETag("other"))))
        #expect(try await server.error(of: other).isPreconditionFailed)
        let beyond = try await server.error(of: GetObject(key, range: .from(1_000_000)))
        #expect(beyond.code == .invalidRange && beyond.status == 416)
    }

    @Test(arguments: ServerKind.allCases)
    func `listings are complete for all keys`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let folder = UUID().uuidString
        let names = ["a b", "a+b", "a%b", "a&<>b", "\u{E9}/x", "\u{E9}/y", "z\u{1F3AC}", "\u{7F}"]
        let keys = try names.map { try ObjectKey(unchecked: "\(folder)/\($0)") }
        for key in keys { _ = try await server.send(PutObject(key, contentLength: 1), body: Body([1])) }
        var found: [ObjectKey] = []
        var token: String?
        repeat {
            let page = try await server.send(
                ListObjectsV2(prefix: "\(folder)/", maxKeys: 3, continuationToken: token))
            #expect(page.objects.count <= 3)
            found += page.objects.map(\.key)
            token = page.nextContinuationToken
        } while token != nil && found.count <= keys.count
        #expect(Set(found) == Set(keys) && found.count == keys.count)
        #expect(found.map(\.rawValue) == found.map(\.rawValue).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })

        let grouped = try await server.send(ListObjectsV2(prefix: "\(folder)/", delimiter: "/"))
        #expect(grouped.commonPrefixes == ["\(folder)/\u{E9}/"] && grouped.objects.count == 6)
        let after = try await server.send(ListObjectsV2(prefix: "\(folder)/", startAfter: "\(folder)/a b"))
        #expect(after.objects.count == 7 - (found.first == keys[7] ? 1 : 0))

        let deleted = try await server.send(DeleteObjects(keys))
        #expect(deleted.failures.isEmpty && deleted.unconfirmed.isEmpty && Set(deleted.deleted) == Set(keys))
        #expect(try await server.send(ListObjectsV2(prefix: "\(folder)/")).objects.isEmpty)
    }

    @Test(arguments: ServerKind.allCases)
    func `an object is created from parts`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let (source, key) = (try Sample.key(), try Sample.key("parts \u{E9}.mp4"))
        let partLength = Int(PartPlan.minimumPartLength)
        let (first, last) = (Sample.bytes(partLength), Sample.bytes(1000, seed: 2))
        _ = try await server.send(PutObject(source, contentLength: Int64(partLength)), body: first)

        let id = try await server.send(
            CreateMultipartUpload(key, properties: ObjectProperties(contentType: "video/mp4")))
        // Without a plus sign: SeaweedFS calls the names of this list encoded, and leaves them as they are.
        let uploads = try await server.send(ListMultipartUploads(prefix: key.rawValue))
        #expect(uploads.uploads.map(\.uploadID) == [id] && uploads.uploads.map(\.key) == [key])
        let copied = try await server.send(
            UploadPartCopy(1, of: id, key: key, from: CopySource(source), range: 0...Int64(partLength - 1)))
        let sent = try await server.send(UploadPart(2, of: id, key: key, contentLength: 1000), body: last)
        let parts = try await server.send(ListParts(id, key: key))
        #expect(parts.parts.map(\.number) == [1, 2] && parts.parts.map(\.size) == [Int64(partLength), 1000])
        #expect(parts.parts.map(\.etag) == [copied.etag, sent.etag] && parts.nextPartNumberMarker == nil)
        let page = try await server.send(ListParts(id, key: key, maxParts: 1))
        #expect(page.parts.count == 1 && page.nextPartNumberMarker == 1)

        let complete = CompleteMultipartUpload(
            id, key: key, parts: [CompletedPart(2, etag: sent.etag), CompletedPart(1, etag: copied.etag)])
        let completed = try await server.send(complete)
        let whole = try await server.exchange(GetObject(key))
        #expect(whole.body == Body(first.bytes + last.bytes) && whole.output.contentType == "video/mp4")
        #expect(completed.etag == nil || completed.etag == whole.output.etag)

        let aborted = try await server.send(CreateMultipartUpload(key))
        try await server.send(AbortMultipartUpload(aborted, key: key))
        #expect(try await server.error(of: ListParts(aborted, key: key)).isNotFound)
    }

    @Test(arguments: ServerKind.allCases)
    func `a wrong key, bucket, or digest is reported as such`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let stranger = TestServer(
            kind: kind, settings: server.settings.merging(["R2_SECRET_ACCESS_KEY": "another"]) { $1 })
        let error = try await stranger.error(of: ListObjectsV2())
        #expect(error.code == .signatureDoesNotMatch && error.status == 403 && !error.isRetryable)
        let elsewhere = TestServer(
            kind: kind,
            settings: server.settings.merging(["R2_BUCKET_NAME": "nowhere-\(UUID().uuidString.lowercased())"]) { $1 })
        #expect(try await elsewhere.error(of: ListObjectsV2()).isNotFound)
        _ = try await server.send(HeadBucket())
        let checksum = try Checksum(.md5, bytes: Array(repeating: 0, count: 16))
        let put = PutObject(try Sample.key(), contentLength: Int64(Sample.text.count), checksum: checksum)
        let rejected = try await server.error(of: put, body: Sample.text)
        #expect(rejected.status == 400 && !rejected.isRetryable)
    }
}
