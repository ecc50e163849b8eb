#if Emulator
internal import Crypto
internal import R2Kit
internal import R2KitSupport
internal import SigV4

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension OperationContext {
    /// R2 (observed): the document, the upload, the parts and their ETags, then their lengths.
    func completeMultipartUpload() async throws -> EmulatorResponse {
        let listed = try CompletedParts.read(try await document(), limits)
        if behavior.repeatsCompletions,
            case .completed(let key, let etag)? = try store.read(bucket, { $0.finished[uploadID] }),
            key == self.key
        {
            return completion(etag: etag, headers: [])
        }
        let upload = try store.upload(uploadID, of: key, in: bucket)
        let parts = try Self.parts(listed, of: upload)
        try check(parts)

        let body = try await joined(parts)
        let new = NewObject(
            key: key, body: body, etag: try Self.etag(of: parts), properties: upload.properties,
            checksums: try await Self.checksums(of: parts, upload, body), partLengths: parts.map(\.body.length))
        let conditions = behavior.completionObeysConditions ? conditions() : nil
        let record = try await store.complete(upload, as: new, in: bucket) { object throws(Refusal) in
            try conditions?.require(for: object)
        }
        return completion(
            etag: record.etag,
            headers: [("x-amz-version-id", record.version)] + record.checksumHeaders
                + CustomerKey.headers(record.properties.customerKeyMD5))
    }

    /// Returns a body with the bytes of the parts.
    private func joined(_ parts: [PartRecord]) async throws -> any StoredBody {
        do {
            return try await store.backend.join(parts.map(\.body))
        } catch {
            // Another request may have ended the upload in the meantime, and removed the files of its parts.
            try await store.change { [self] _ in _ = try store.upload(uploadID, of: key, in: bucket) }
            throw error
        }
    }

    /// R2 (observed): the location is the object's URL, with the whole key encoded, `/` as `%2F`.
    private func completion(etag: String, headers: [(String, String)]) -> EmulatorResponse {
        var document = XMLDocument(root: "CompleteMultipartUploadResult")
        document.element("Bucket", bucket)
        document.element("Key", key)
        document.element("ETag", "\"\(etag)\"")
        let origin = "http://\(request.header("host") ?? "")\(settings.basePath)"
        let path = bucketIsInHost ? "" : "/\(bucket)"
        document.element("Location", "\(origin)\(path)/\(PercentEncoding.encode(key))")
        var response = EmulatorResponse(document)
        response.headers += headers
        return response
    }

    /// Finds the listed parts, in the order of their numbers.
    private static func parts(
        _ listed: [CompletedParts.Part], of upload: UploadRecord
    ) throws(Refusal) -> [PartRecord] {
        var parts: [PartRecord] = []
        for entry in listed {
            guard let part = upload.parts[entry.number], part.etag == entry.etag else { throw .partNotFound }
            parts.append(part)
        }
        return parts.sorted { $0.number < $1.number }
    }

    /// Checks the lengths of the parts, which are in the order of their numbers.
    ///
    /// R2 (documented semantics of bindings): the minimum of all but the last, then the equality of all but the last,
    /// which isn't longer. Unsettled: whether the minimum excepts the last part of the document instead.
    private func check(_ parts: [PartRecord]) throws(Refusal) {
        guard let last = parts.last, let first = parts.first else { throw .malformedXML }
        let others = parts.dropLast()
        guard others.allSatisfy({ $0.body.length >= limits.minimumPartLength }) else { throw .entityTooSmall }
        let areEqual = others.allSatisfy { $0.body.length == first.body.length }
        guard areEqual, last.body.length <= first.body.length else { throw .unequalParts }
        guard parts.reduce(0, { $0 + $1.body.length }) <= limits.maximumObjectLength else { throw .entityTooLarge }
    }

    /// R2 (documented): the MD5 of the parts' MD5s, and their number.
    private static func etag(of parts: [PartRecord]) throws(Refusal) -> String {
        var md5 = Insecure.MD5()
        for part in parts { md5.update(data: Hexadecimal.decode(part.etag) ?? []) }
        return "\(Hexadecimal.encode(md5.finalize()))-\(parts.count)"
    }

    /// R2 (documented): CRC64NVME covers the whole object, the others the checksums of the parts.
    private static func checksums(
        of parts: [PartRecord], _ upload: UploadRecord, _ body: any StoredBody
    ) async throws -> [String: String] {
        guard let algorithm = upload.checksumAlgorithm.flatMap(ChecksumAlgorithm.init) else { return [:] }
        var digest = algorithm.makeDigest()
        if algorithm.coversWholeObject {
            try await body.read(0..<body.length) { digest.update($0) }
            return [algorithm.rawValue: Data(digest.bytes).base64EncodedString()]
        }
        for part in parts {
            guard let checksum = part.checksums[algorithm.rawValue].flatMap({ Data(base64Encoded: $0) }) else {
                return [:]
            }
            digest.update([UInt8](checksum))
        }
        return [algorithm.rawValue: "\(Data(digest.bytes).base64EncodedString())-\(parts.count)"]
    }
}

/// The document of CompleteMultipartUpload.
enum CompletedParts {
    struct Part: Sendable {
        var number: Int
        /// The ETag without quotation marks.
        var etag: String
    }

    /// Reads the document.
    ///
    /// R2 (observed): each part in turn must have an integer as its number and an ETag, or the document is
    /// MalformedXML. A number outside 1 to 10,000, and one that appears twice, is InvalidPart. ETags may have quotation
    /// marks, and any order is accepted. No part at all is MalformedXML.
    static func read(_ bytes: [UInt8], _ limits: R2Emulator.Limits) throws(Refusal) -> [Part] {
        let entries = try entries(bytes)
        var parts: [Part] = []
        var numbers: Set<Int> = []
        for (number, etag) in entries {
            guard let number = number.flatMap({ Int($0.trimmed) }), let etag else { throw .malformedXML }
            guard (1...limits.maximumPartNumber).contains(number) else { throw .partNotFound }
            guard numbers.insert(number).inserted else { throw .partRepeated }
            parts.append(Part(number: number, etag: etag.filter { $0 != "\"" }))
        }
        guard !parts.isEmpty else { throw .malformedXML }
        return parts
    }

    private static func entries(_ bytes: [UInt8]) throws(Refusal) -> [(number: String?, etag: String?)] {
        do throws(XMLError) {
            var entries: [(String?, String?)] = []
            var scanner = XMLScanner(bytes)
            guard try scanner.root() == "CompleteMultipartUpload" else { throw scanner.problem("another root") }
            while let name = try scanner.nextChild() {
                guard name == "Part" else {
                    try scanner.skip()
                    continue
                }
                var entry: (String?, String?)
                while let name = try scanner.nextChild() {
                    switch name {
                    case "PartNumber": entry.0 = try scanner.text()
                    case "ETag": entry.1 = try scanner.text()
                    default: try scanner.skip()
                    }
                }
                entries.append(entry)
            }
            try scanner.finish()
            return entries
        } catch {
            throw .malformedXML
        }
    }
}
#endif
