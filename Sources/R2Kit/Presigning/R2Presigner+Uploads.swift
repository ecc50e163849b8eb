internal import SigV4

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension R2Presigner {
    /// Presigns a PUT of a whole object.
    /// - Parameters:
    ///   - key: The object's key.
    ///   - constraints: Conditions that the upload must meet. What isn't set isn't limited.
    ///   - lifetime: How long the client can start an upload, or `nil` for the configuration's default.
    ///   - date: The date of signing.
    /// - Returns: The request. The client must send all of its headers.
    /// - Throws: ``R2ValidationError`` if R2 would reject the constraints, the lifetime is outside ``lifetimeRange``,
    ///   or the URL would outlive its credentials.
    public func presignUpload(
        to key: ObjectKey, constraints: UploadConstraints = UploadConstraints(),
        expiresIn lifetime: Duration? = nil, at date: Date = Date()
    ) throws(R2ValidationError) -> PresignedRequest {
        let headers = try constraints.signedHeaders()
        let session = try session(lifetime, default: config.uploadSeconds, at: date)
        return session.sign(.put, key, parameters: [], headers)
    }

    /// Presigns a PUT of one part of a multipart upload.
    /// - Parameters:
    ///   - number: The part's number, from 1 to 10,000.
    ///   - uploadID: The upload's ID, from the response of ``CreateMultipartUpload``.
    ///   - key: The object's key, the same as when the upload was created.
    ///   - constraints: The part's exact size and its checksum.
    ///   - lifetime: How long the client can start the part's upload, or `nil` for the configuration's default.
    ///   - date: The date of signing.
    /// - Returns: The request. Its response's `ETag` is needed to complete the upload.
    /// - Throws: ``R2ValidationError`` if R2 would reject the number or the constraints, the lifetime is outside
    ///   ``lifetimeRange``, or the URL would outlive its credentials.
    public func presignPart(
        _ number: Int, of uploadID: UploadID, key: ObjectKey, constraints: PartConstraints = PartConstraints(),
        expiresIn lifetime: Duration? = nil, at date: Date = Date()
    ) throws(R2ValidationError) -> PresignedRequest {
        let session = try session(lifetime, default: config.uploadSeconds, at: date)
        return try session.signPart(number, of: uploadID, key: key, constraints)
    }

    /// Presigns PUTs of several parts of a plan, all with the same date.
    ///
    /// Sign as many as the client will start within their lifetime, and the next ones later.
    /// - Parameters:
    ///   - parts: Parts of a ``PartPlan``. Each URL accepts exactly that part's size.
    ///   - uploadID: The upload's ID, from the response of ``CreateMultipartUpload``.
    ///   - key: The object's key, the same as when the upload was created.
    ///   - lifetime: How long the client can start the uploads, or `nil` for the configuration's default.
    ///   - date: The date of signing.
    /// - Returns: The requests, in the order of the parts.
    /// - Throws: ``R2ValidationError`` if the lifetime is outside ``lifetimeRange``, or a URL would outlive its
    ///   credentials.
    public func presignParts(
        _ parts: some Sequence<PartPlan.Part>, of uploadID: UploadID, key: ObjectKey,
        expiresIn lifetime: Duration? = nil, at date: Date = Date()
    ) throws(R2ValidationError) -> [PresignedRequest] {
        let session = try session(lifetime, default: config.uploadSeconds, at: date)
        var requests: [PresignedRequest] = []
        requests.reserveCapacity(parts.underestimatedCount)
        for part in parts {
            let constraints = PartConstraints(contentLength: part.length)
            requests.append(try session.signPart(part.number, of: uploadID, key: key, constraints))
        }
        return requests
    }
}

extension R2Presigner.Session {
    func signPart(
        _ number: Int, of uploadID: UploadID, key: ObjectKey, _ constraints: PartConstraints
    ) throws(R2ValidationError) -> PresignedRequest {
        try PartPlan.checkPartNumber(number)
        let parameters = [
            SignableRequest.Parameter("partNumber", String(number)),
            SignableRequest.Parameter("uploadId", uploadID.rawValue),
        ]
        return sign(.put, key, parameters: parameters, try constraints.signedHeaders())
    }
}
