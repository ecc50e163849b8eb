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
    /// The plan and the parts of a multipart upload.
    struct Multipart: Encodable {
        let uploadID: String
        /// A Boolean value that indicates whether the upload ID is a placeholder, so that the parts' URLs don't work.
        let isSample: Bool
        let partLength: Int64
        let partCount: Int
        let parts: [PresignedRequest]
        fileprivate let plan: PartPlan

        private enum CodingKeys: String, CodingKey { case uploadID, isSample, partLength, partCount, parts }
    }

    /// `nil` if the object is too large for a single request.
    let upload: PresignedRequest?
    let playback: PresignedRequest
    /// `nil` for a small object.
    let multipart: Multipart?

    private let config: R2Config
    private let key: ObjectKey
    private let size: Int64?
    private let contentType: String?

    private enum CodingKeys: String, CodingKey { case upload, playback, multipart }

    /// The size above which the parts of a multipart upload are printed: 100 MiB.
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
        // Checked even if the upload is too large for one request, because the commands below contain the type.
        _ = try presigner.presignUpload(to: key, constraints: UploadConstraints(contentType: contentType))
        let fitsOneRequest = (size ?? 0) <= UploadConstraints.maximumContentLength
        upload =
            fitsOneRequest
            ? try presigner.presignUpload(
                to: key, constraints: UploadConstraints(contentType: contentType, contentLength: size)) : nil
        playback = try presigner.presignPlayback(of: key)
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
            parts: try presigner.presignParts(plan.parts, of: id, key: key), plan: plan)
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension URLSet {
    /// Returns the URLs for people, with commands to paste.
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
            "Multipart upload in \(multipart.partCount) parts of \(multipart.partLength) bytes (the last can be smaller)"
        ]
        if multipart.isSample {
            lines.append("  1. Create the upload. The response contains an UploadId:")
            lines.append("     \(createCommand)")
            lines.append("  2. Run this command again with --upload-id and that ID. Until then, the parts below are")
            lines.append("     signed for the ID \(URLSet.sampleUploadID), which R2 rejects.")
        }
        for (part, request) in zip(multipart.plan.parts, multipart.parts) {
            let slice = "tail -c +\(part.offset + 1) FILE | head -c \(part.length)"
            lines.append("  part \(part.number) (\(part.length) bytes)")
            lines.append("    \(request.method) \(request.url)")
            lines.append("    \(slice) | \(request.curlCommand()) --dump-header -")
        }
        lines.append("  When all parts are uploaded, list their numbers and ETags in parts.xml:")
        lines.append(
            "    <CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>…</ETag></Part>…</CompleteMultipartUpload>"
        )
        lines.append(
            "    \(signedPost("uploadId=\(PercentEncoding.encode(multipart.uploadID))")) --data-binary @parts.xml")
        return lines.joined(separator: "\n")
    }

    /// The command for CreateMultipartUpload, which is a POST, so that it can't be presigned.
    private var createCommand: String {
        // The content type is printable ASCII, so that only the quotation mark itself ends a quotation.
        let type = contentType.map {
            $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        }
        return signedPost("uploads=") + (type.map { " --header 'content-type: \($0)'" } ?? "")
    }

    /// Returns a POST for the object, which curl signs with the shell's own variables.
    private func signedPost(_ query: String) -> String {
        let object = playback.url.split(separator: "?", maxSplits: 1).first ?? ""
        // curl signs the header, but doesn't know that temporary credentials need it.
        let token = config.credentials.isTemporary ? "--header \"x-amz-security-token: $R2_SESSION_TOKEN\" " : ""
        return "curl --fail-with-body --request POST --aws-sigv4 aws:amz:\(config.region):s3 "
            + "--user \"$R2_ACCESS_KEY_ID:$R2_SECRET_ACCESS_KEY\" "
            + "\(token)--header 'x-amz-content-sha256: UNSIGNED-PAYLOAD' '\(object)?\(query)'"
    }
}
