import R2Kit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Requests that R2 would reject throw before anything is sent.
@Suite("Validation of operations")
struct OperationValidationTests {
    @Test func `dates that exclude each other throw`() throws {
        let early = Date(timeIntervalSince1970: 1000)
        let late = Date(timeIntervalSince1970: 2000)
        let conflicting: [ObjectConditions] = [
            ObjectConditions(ifModifiedSince: late, ifUnmodifiedSince: early),
            ObjectConditions(ifModifiedSince: early, ifUnmodifiedSince: early),
        ]
        let key = try Sample.key("a")
        for conditions in conflicting {
            let operations: [any R2Operation] = [
                HeadObject(key, conditions: conditions), GetObject(key, conditions: conditions),
                PutObject(key, contentLength: 1, conditions: conditions),
                CopyObject(CopySource(key), to: key, sourceConditions: conditions),
                CopyObject(CopySource(key), to: key, destinationConditions: conditions),
            ]
            for operation in operations {
                #expect(try refusal { _ = try operation.request() } == .conflictingConditions)
            }
        }
        _ = try HeadObject(key, conditions: ObjectConditions(ifModifiedSince: early, ifUnmodifiedSince: late)).request()
        let far = ObjectConditions(ifModifiedSince: Date(timeIntervalSince1970: 1e15))
        #expect(try refusal { _ = try HeadObject(key, conditions: far).request() } == .invalidTime)
    }

    @Test func `invalid parts throw`() throws {
        let (id, key) = (try Sample.uploadID(), try Sample.key("a"))
        for number in [Int.min, -1, 0, 10_001, Int.max] {
            let operations: [any R2Operation] = [
                HeadObject(key, partNumber: number), GetObject(key, partNumber: number),
                UploadPart(number, of: id, key: key, contentLength: 1),
                UploadPartCopy(number, of: id, key: key, from: CopySource(key)),
                CompleteMultipartUpload(id, key: key, parts: [CompletedPart(number, etag: try Sample.tag())]),
            ]
            for operation in operations {
                #expect(try refusal { _ = try operation.request() } == .invalidPartNumber)
            }
        }
        let tag = try Sample.tag()
        let twice = CompleteMultipartUpload(
            id, key: key, parts: [CompletedPart(3, etag: tag), CompletedPart(3, etag: tag)])
        #expect(try refusal { _ = try twice.request() } == .invalidPartNumber)
        #expect(
            try refusal { _ = try CompleteMultipartUpload(id, key: key, parts: []).request() } == .invalidCount)
        let many = (1...10_001).map { CompletedPart($0, etag: tag) }
        #expect(
            try refusal { _ = try CompleteMultipartUpload(id, key: key, parts: many).request() } == .invalidCount)
        _ = try CompleteMultipartUpload(id, key: key, parts: many.dropLast()).request()
        let sha = try Checksum(.sha256, bytes: Array(repeating: 0, count: 32))
        let part = UploadPart(1, of: id, key: key, contentLength: 1, checksum: sha)
        #expect(try refusal { _ = try part.request() } == .unsupportedChecksum)
    }

    @Test func `lengths and ranges beyond the limits throw`() throws {
        let (id, key) = (try Sample.uploadID(), try Sample.key("a"))
        for length in [-1, UploadConstraints.maximumContentLength + 1] {
            #expect(try refusal { _ = try PutObject(key, contentLength: length).request() } == .invalidContentLength)
            #expect(
                try refusal { _ = try UploadPart(1, of: id, key: key, contentLength: length).request() }
                    == .invalidContentLength)
        }
        _ = try PutObject(key, contentLength: UploadConstraints.maximumContentLength).request()
        #expect(try refusal { _ = try ByteRange.bytes(-1, through: 1) } == .invalidRange)
        #expect(try refusal { _ = try ByteRange.bytes(2, through: 1) } == .invalidRange)
        #expect(try refusal { _ = try ByteRange.from(-1) } == .invalidRange)
        #expect(try refusal { _ = try ByteRange.last(0) } == .invalidRange)
        #expect(
            try refusal { _ = try GetObject(key, range: .from(0), partNumber: 1).request() } == .invalidRange)
        for range in [-1...0, 0...PartPlan.maximumPartLength, 0...Int64.max] {
            let copy = UploadPartCopy(1, of: id, key: key, from: CopySource(key), range: range)
            #expect(try refusal { _ = try copy.request() } == .invalidRange)
        }
        let longest = UploadPartCopy(
            1, of: id, key: key, from: CopySource(key), range: 0...PartPlan.maximumPartLength - 1)
        _ = try longest.request()
    }

    @Test func `deletions of no keys, too many keys, or keys that XML cannot represent throw`() throws {
        let keys = try (0...1000).map { try Sample.key("a\($0)") }
        #expect(try refusal { _ = try DeleteObjects([]).request() } == .invalidCount)
        #expect(try refusal { _ = try DeleteObjects(keys).request() } == .invalidCount)
        _ = try DeleteObjects(Array(keys.dropLast())).request()
        for character in ["\u{0}", "\u{1}", "\u{B}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"] {
            let key = try ObjectKey(unchecked: "a\(character)")
            #expect(try refusal { _ = try DeleteObjects([key]).request() } == .invalidObjectKey)
        }
    }

    @Test func `invalid page sizes and markers throw`() throws {
        let (id, key) = (try Sample.uploadID(), try Sample.key("a"))
        for size in [Int.min, 0, 1001] {
            #expect(try refusal { _ = try ListObjectsV2(maxKeys: size).request() } == .invalidListing)
            #expect(try refusal { _ = try ListMultipartUploads(maxUploads: size).request() } == .invalidListing)
            #expect(try refusal { _ = try ListParts(id, key: key, maxParts: size).request() } == .invalidListing)
        }
        for marker in [-1, 10_001] {
            let list = ListParts(id, key: key, partNumberMarker: marker)
            #expect(try refusal { _ = try list.request() } == .invalidListing)
        }
        #expect(
            try refusal { _ = try ListMultipartUploads(marker: ListMultipartUploads.Marker(key: "")).request() }
                == .invalidListing)
    }

    @Test func `properties that cannot be sent throw`() throws {
        let key = try Sample.key("a")
        let refused: [(ObjectProperties, R2ValidationError.Code)] = [
            (ObjectProperties(contentType: "video/mp4\r\nx: y"), .invalidHeaderValue),
            (ObjectProperties(contentType: ""), .invalidHeaderValue),
            (ObjectProperties(cacheControl: " a"), .invalidHeaderValue),
            (ObjectProperties(contentLanguage: "\u{E9}"), .invalidHeaderValue),
            (ObjectProperties(contentEncoding: "AWS-chunked"), .invalidHeaderValue),
            (ObjectProperties(contentEncoding: "gzip,aws-chunked"), .invalidHeaderValue),
            (ObjectProperties(expires: Date(timeIntervalSince1970: .infinity)), .invalidTime),
            (ObjectProperties(userMetadata: ["a b": "c"]), .invalidMetadata),
            (ObjectProperties(userMetadata: ["a": "\u{E9}"]), .invalidMetadata),
            (ObjectProperties(userMetadata: ["a": "1", "A": "2"]), .invalidMetadata),
            (ObjectProperties(userMetadata: ["a": String(repeating: "b", count: 8192)]), .invalidMetadata),
        ]
        for (properties, code) in refused {
            #expect(
                try refusal { _ = try PutObject(key, contentLength: 1, properties: properties).request() } == code)
            #expect(try refusal { _ = try CreateMultipartUpload(key, properties: properties).request() } == code)
            #expect(
                try refusal {
                    _ = try CopyObject(CopySource(key), to: key, metadata: .merge(properties)).request()
                } == code)
        }
        #expect(try refusal { _ = try SSECustomerKey(Array(repeating: 0, count: 31)) } == .invalidEncryptionKey)
    }

    @Test func `lifecycle rules that R2 would reject throw`() throws {
        typealias Rule = LifecycleConfiguration.Rule
        let midnight = Date(timeIntervalSince1970: 86_400)
        let refused: [() throws -> Void] = [
            { _ = try Rule(id: "", expiration: .days(1)) },
            { _ = try Rule(id: String(repeating: "a", count: 256), expiration: .days(1)) },
            { _ = try Rule(id: "a") }, { _ = try Rule(id: "a", expiration: .days(0)) },
            { _ = try Rule(id: "a", transition: .days(-1)) }, { _ = try Rule(id: "a", abortUploadsAfterDays: 0) },
            { _ = try Rule(id: "a", expiration: .date(midnight.addingTimeInterval(1))) },
            { _ = try Rule(id: "a", expiration: .date(Date(timeIntervalSince1970: .nan))) },
            { _ = try Rule(id: "a", prefix: "\u{1}", expiration: .days(1)) },
            { _ = try Rule(id: "a", prefix: String(repeating: "a", count: 1025), expiration: .days(1)) },
            { _ = try LifecycleConfiguration(rules: []) },
            {
                let rule = try Rule(id: "a", expiration: .date(midnight))
                _ = try LifecycleConfiguration(rules: [rule, rule])
            },
            {
                let rules = try (0...1000).map { try Rule(id: "r\($0)", expiration: .days(1)) }
                _ = try LifecycleConfiguration(rules: rules)
            },
        ]
        for make in refused { #expect(try refusal(make) == .invalidLifecycleRule) }
    }

    @Test func `every operation states whether it is safe to retry`() throws {
        let (id, key) = (try Sample.uploadID(), try Sample.key("a"))
        let other = try Sample.key("b")
        let idempotent: [any R2Operation] = [
            HeadObject(key), GetObject(key), PutObject(key, contentLength: 1), DeleteObject(key), DeleteObjects([key]),
            CopyObject(CopySource(other), to: key, sourceConditions: ObjectConditions(precondition: .ifPresent)),
            ListObjectsV2(),
            UploadPart(1, of: id, key: key, contentLength: 1), HeadBucket(), GetBucketCors(), DeleteBucketCors(),
        ]
        #expect(idempotent.allSatisfy { $0.retrySafety == .idempotent })
        let ambiguous: [any R2Operation] = [
            PutObject(key, contentLength: 1, conditions: ObjectConditions(precondition: .ifAbsent)),
            CopyObject(CopySource(other), to: key, destinationConditions: ObjectConditions(precondition: .ifAbsent)),
            CopyObject(CopySource(key), to: key, sourceConditions: ObjectConditions(precondition: .ifPresent)),
            CompleteMultipartUpload(id, key: key, parts: []), AbortMultipartUpload(id, key: key),
        ]
        #expect(ambiguous.allSatisfy { $0.retrySafety == .ambiguous })
        #expect(CreateMultipartUpload(key).retrySafety == .additive)
    }
}
