import HTTPTypes
import R2Kit
import SigV4

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The URLs of one object.
struct URLSet: Encodable {
    /// A multipart upload: its plan and its parts.
    struct Multipart: Encodable {
        let uploadID: String
        /// Whether the upload id was made up, so that the parts' URLs show the form but are refused.
        let isSample: Bool
        let partLength: Int64
        let partCount: Int
        let parts: [PresignedRequest]
        fileprivate let plan: PartPlan

        private enum CodingKeys: String, CodingKey { case uploadID, isSample, partLength, partCount, parts }
    }

    /// Missing if the object is too large for a single request.
    let upload: PresignedRequest?
    let playback: PresignedRequest
    /// Missing for a small object.
    let multipart: Multipart?

    private let config: R2Config
    private let key: ObjectKey
    private let size: Int64?
    private let contentType: String?

    private enum CodingKeys: String, CodingKey { case upload, playback, multipart }

    /// Above this size, an upload in parts is worth its trouble: 100 MiB.
    static let multipartThreshold: Int64 = 100 * 1024 * 1024
    static let sampleUploadID = "SAMPLE-UPLOAD-ID"

    init(
        presigner: R2Presigner, key: ObjectKey, size: Int64?, contentType: String?, partSize: Int64?,
        uploadID: UploadID?
    ) throws {
        config = presigner.config
        self.key = key
        self.size = size
        self.contentType = contentType
        // Checked even where the upload is too large for one request, because the commands below repeat it.
        _ = try presigner.upload(key, UploadConstraints(contentType: contentType))
        let fitsOneRequest = (size ?? 0) <= UploadConstraints.maximumContentLength
        upload =
            fitsOneRequest
            ? try presigner.upload(key, UploadConstraints(contentType: contentType, contentLength: size)) : nil
        playback = try presigner.playback(key)
        let isLarge = (size ?? 0) > Self.multipartThreshold || partSize != nil || uploadID != nil
        multipart = isLarge ? try Self.multipart(presigner, key, size ?? 0, partSize, uploadID) : nil
    }

    private static func multipart(
        _ presigner: R2Presigner, _ key: ObjectKey, _ size: Int64, _ partSize: Int64?, _ uploadID: UploadID?
    ) throws -> Multipart {
        let plan = try PartPlan(totalLength: size, partLength: partSize)
        let id = try uploadID ?? UploadID(sampleUploadID)
        return Multipart(
            uploadID: id.rawValue, isSample: uploadID == nil, partLength: plan.partLength, partCount: plan.count,
            parts: try presigner.parts(plan.parts, of: id, key: key), plan: plan)
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension URLSet {
    /// The same for people, with commands to paste.
    func text(account: Account) -> String {
        var sections: [String] = []
        if account.isSample {
            sections.append(Account.sampleNotice)
        }
        if let upload { sections.append(section("Upload", upload, file: "FILE")) }
        sections.append(section("Playback", playback, file: "FILE"))
        if let multipart { sections.append(text(of: multipart)) }
        return sections.joined(separator: "\n\n")
    }

    private func section(_ title: String, _ request: PresignedRequest, file: String) -> String {
        let headers = request.headers.map { "    \($0.name.canonicalName): \($0.value)\n" }.joined()
        return """
            \(title) (until \(request.expiresAt.formatted(.iso8601)))
              \(request.method) \(request.url)
            \(headers.isEmpty ? "" : "  with exactly these headers:\n" + headers)\
              \(request.curlCommand(file: file))
            """
    }

    private func text(of multipart: Multipart) -> String {
        var lines = [
            "Multipart upload in \(multipart.partCount) parts of \(multipart.partLength) bytes (the last may have fewer)"
        ]
        if multipart.isSample {
            lines.append("  1. Create the upload, which answers an UploadId:")
            lines.append("     \(createCommand)")
            lines.append("  2. Run this command again with --upload-id and that id. Until then, the parts below are")
            lines.append("     signed for the id \(URLSet.sampleUploadID), which shows the form but is refused.")
        }
        for (part, request) in zip(multipart.plan.parts, multipart.parts) {
            let slice = "tail -c +\(part.offset + 1) FILE | head -c \(part.length)"
            lines.append("  part \(part.number) (\(part.length) bytes)")
            lines.append("    \(request.method) \(request.url)")
            lines.append("    \(slice) | \(request.curlCommand()) --dump-header -")
        }
        lines.append("  When all parts are there, list their numbers and ETags in parts.xml:")
        lines.append(
            "    <CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>…</ETag></Part>…</CompleteMultipartUpload>"
        )
        lines.append(
            "    \(signedPost("uploadId=\(PercentEncoding.encode(multipart.uploadID))")) --data-binary @parts.xml")
        return lines.joined(separator: "\n")
    }

    /// CreateMultipartUpload is a POST, which R2 does not take presigned.
    private var createCommand: String {
        // A content type is printable ASCII here: only the quotation mark itself can end a quotation.
        let type = contentType.map {
            $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        }
        return signedPost("uploads=") + (type.map { " --header 'content-type: \($0)'" } ?? "")
    }

    /// A POST on the object, which curl signs with the shell's own variables.
    private func signedPost(_ query: String) -> String {
        let object = playback.url.split(separator: "?", maxSplits: 1).first ?? ""
        return "curl --fail-with-body --request POST --aws-sigv4 aws:amz:\(config.region):s3 "
            + "--user \"$R2_ACCESS_KEY_ID:$R2_SECRET_ACCESS_KEY\" "
            + "--header 'x-amz-content-sha256: UNSIGNED-PAYLOAD' '\(object)?\(query)'"
    }
}
