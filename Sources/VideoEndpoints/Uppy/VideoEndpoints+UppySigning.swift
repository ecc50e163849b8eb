#if Delivery
internal import HTTPTypes
internal import R2Kit
internal import R2Storage
internal import SigV4
internal import VideoCatalog
internal import VideoDelivery

/// The routes for the option `signRequest` of Uppy's `aws-s3` plugin from version 6.2.1.
///
/// Uppy asks for the URL of each request of S3's protocol and sends the request itself. Only parts are sent to R2. The
/// URLs of all other requests lead back here, to a route that speaks S3's XML: R2 signs no POST, and the catalog must
/// learn what happens.
///
/// Source: `S3mini.ts` and `S3Uploader.ts` of `@uppy/aws-s3`.
extension VideoEndpoints {
    /// Returns the URL for a request, and the key of the upload.
    ///
    /// Uppy sends the key of the first response with every further request of the upload.
    func uppySign(_ call: Call<Caller>) async throws -> EndpointResponse {
        let body = try call.content.decode(UppySignRequest.self)
        switch (body.method, body.uploadID) {
        case ("POST", nil):
            let file = try UppyFile(call.content.decode(UppyBeginRequest.self), token: body.key)
            let key = try await beginParts(file, call).key
            return signature("\(objectPath(key))&uploads", key)
        case ("PUT", let uploadID?):
            guard let number = body.partNumber.flatMap({ Int(exactly: $0.value) }), PartPlan.numbers.contains(number)
            else {
                throw EndpointProblem.invalidFields([.init("partNumber", "Expected a whole number from 1 to 10,000.")])
            }
            let target = try await target(uploadID, key: body.key)
            guard let part = try await signParts([number], target, call).first else { throw EndpointProblem.noRoute }
            return signature(part.request.url, target.key)
        case ("GET", let uploadID?), ("POST", let uploadID?), ("DELETE", let uploadID?):
            let (_, user) = try call.identity()
            try countSigning(user)
            let target = try await target(uploadID, key: body.key)
            try await uploads.row(of: target.video, managedBy: user)
            return signature("\(objectPath(target.key))&uploadId=\(PercentEncoding.encode(uploadID))", target.key)
        case ("PUT", nil):
            throw EndpointProblem.invalidFields([
                .init(
                    "uploadId",
                    "Missing: files are sent in parts. Set shouldUseMultipart: true, also for small ones, with version "
                        + "6.2.1 or later.")
            ])
        case ("DELETE", nil):
            throw EndpointProblem.invalidFields([
                .init("uploadId", "Missing: Uppy can cancel uploads, but not delete videos.")
            ])
        case ("GET", nil): throw EndpointProblem.invalidFields([.init("uploadId", "Missing.")])
        default: throw EndpointProblem.invalidFields([.init("method", "Expected POST, PUT, GET or DELETE.")])
        }
    }

    private func signature(_ url: String, _ key: String) -> EndpointResponse {
        EndpointResponse(json: UppySignature(url: url, key: key))
    }

    private func objectPath(_ key: String) -> String {
        "\(options.prefix)/s3/object?key=\(PercentEncoding.encode(key))"
    }

    // MARK: S3

    func s3ListParts(_ call: Call<Caller>) async throws -> EndpointResponse {
        let target = try await s3Target(call)
        return EndpointResponse(xml: S3XML.parts(try await receivedParts(target, call), of: target, in: bucket))
    }

    /// Returns the identifier of an upload that has begun, or completes it.
    ///
    /// The upload began when Uppy asked for this URL. The list of parts in the body of a completion isn't used, because
    /// R2 reports what has arrived.
    func s3CreateOrComplete(_ call: Call<Caller>) async throws -> EndpointResponse {
        guard try call.query.value("uploads") != nil else {
            return EndpointResponse(xml: S3XML.completion(try await complete(try await s3Target(call), call)))
        }
        let (_, user) = try call.identity()
        guard let key = try call.query.value("key") else { throw EndpointProblem.missingQuery("key") }
        guard let location = uploads.keys.location(of: key), !location.isUpload else {
            throw EndpointProblem(.notFound, "Upload not found: there is no such upload that you may manage.")
        }
        // Checks that the caller may manage the upload.
        let status = try await multipartUploads().status(
            of: location.video, attempt: location.attempt, by: user)
        guard let upload = status.video.upload, upload.objectKey.utf8.elementsEqual(key.utf8), let id = upload.id
        else { throw Self.invalidState("the upload is over. Read the status of the video") }
        return EndpointResponse(xml: S3XML.upload(UppyUpload(key: key, uploadID: id, bucket: bucket)))
    }

    func s3Abort(_ call: Call<Caller>) async throws -> EndpointResponse {
        try await cancel(try await s3Target(call), call)
        var response = EndpointResponse(.noContent, [.cacheControl: "no-store"])
        // RFC 9110, 8.6: a response with this status has no length.
        response.head.headerFields[.contentLength] = nil
        return response
    }

    private var bucket: String { client.config.bucket.rawValue }

    private func s3Target(_ call: Call<Caller>) async throws -> UppyTarget {
        guard let key = try call.query.value("key") else { throw EndpointProblem.missingQuery("key") }
        guard let uploadID = try call.query.value("uploadId"), !uploadID.isEmpty else {
            throw EndpointProblem.missingQuery("uploadId", "Uppy can cancel uploads, but not delete videos.")
        }
        return try await target(uploadID, key: key)
    }
}

/// A request of Uppy that needs a URL.
struct UppySignRequest: Decodable {
    let method: String
    /// The key of an earlier response, or before the first one Uppy's own name for the upload.
    let key: String
    let uploadID: String?
    let partNumber: WholeNumber?

    private enum CodingKeys: String, CodingKey {
        case method, key, partNumber
        case uploadID = "uploadId"
    }
}

/// The URL for a request of Uppy.
struct UppySignature: Encodable {
    let url: String
    let key: String
}
#endif
