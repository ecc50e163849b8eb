#if Delivery
internal import HTTPTypes
internal import R2Kit
internal import R2Storage
internal import VideoCatalog
internal import VideoDelivery

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The routes that Uppy's `aws-s3` plugin of versions 3 to 5 asks for, below `s3/`.
///
/// The names of fields and the status codes are those of Uppy's own server, with one difference: a whole file is sent
/// with PUT, because R2 has no POST forms.
extension VideoEndpoints {
    func uppyParameters(_ call: Call<Caller>) async throws -> EndpointResponse {
        let file = try UppyFile(call.query)
        let upload = try await begin(file, with: uploads, call)
        guard let request = upload.request else {
            throw Self.invalidState(
                upload.phase == .waiting
                    ? "the file is too large for one request. Set shouldUseMultipart to true"
                    : "the file has arrived. Complete the upload")
        }
        let headers = request.browserHeaders.map { ($0.name.canonicalName, $0.value) }
        return EndpointResponse(
            json: UppyParameters(
                method: request.method.rawValue, url: request.url, fields: [:],
                headers: Dictionary(headers) { first, _ in first }, expires: seconds(until: request.expiresAt)))
    }

    func uppyBegin(_ call: Call<Caller>) async throws -> EndpointResponse {
        EndpointResponse(json: try await beginParts(try UppyFile(call.content.decode(UppyBeginRequest.self)), call))
    }

    /// Begins an upload in parts, or continues it with the same token.
    ///
    /// Uppy cancels an upload after every error, and a retry begins it again with the same metadata. An upload that is
    /// over can't be continued, so the retry gets the next token that follows from the first one. A repeated request
    /// gets the same upload.
    func beginParts(_ file: UppyFile, _ call: Call<Caller>) async throws -> UppyUpload {
        let uploads = try multipartUploads()
        let upload = try await begin(file, with: uploads, retries: file.maximumRetries, call)
        let row = try await uploads.catalog.video(id: upload.video, includingDeleted: false)
        guard let id = row?.upload?.id else {
            throw Self.invalidState("the file has arrived. Begin again with a new token for another file")
        }
        let key = try uploads.keys.file(of: upload.video, attempt: upload.attempt)
        return UppyUpload(key: key.rawValue, uploadID: id, bucket: client.config.bucket.rawValue)
    }

    func uppyListParts(_ uploadID: String, _ call: Call<Caller>) async throws -> EndpointResponse {
        EndpointResponse(json: try await receivedParts(try await target(uploadID, call), call))
    }

    /// Returns the parts of an upload that R2 has.
    func receivedParts(_ target: UppyTarget, _ call: Call<Caller>) async throws -> [UppyPart] {
        let (_, user) = try call.identity()
        // Checks that the caller may manage the upload.
        let status = try await multipartUploads().status(of: target.video, attempt: target.attempt, by: user)
        guard status.phase == .waiting || status.phase == .arrived, let id = try? UploadID(target.uploadID) else {
            throw Self.invalidState("the upload is over. Read the status of the video")
        }
        var parts: [UppyPart] = []
        do {
            for try await part in client.listParts(of: id, key: try ObjectKey(target.key)) {
                parts.append(UppyPart(number: part.number, size: part.size, etag: part.etag.headerValue))
            }
        } catch let error as R2Error where error.isNotFound {
            throw VideoDeliveryError(
                .uploadLost,
                "Upload lost: R2 no longer has the parts of the video \(target.video). Begin again with the same token.",
                video: target.video)
        }
        return parts
    }

    func uppySignPart(_ number: String, _ uploadID: String, _ call: Call<Caller>) async throws -> EndpointResponse {
        let requests = try await signParts(
            try Self.partNumbers(number), try await target(uploadID, call), call)
        guard let request = requests.first?.request else { throw EndpointProblem.noRoute }
        return EndpointResponse(
            json: UppySignedPart(url: request.url, expires: seconds(until: request.expiresAt)))
    }

    func uppySignBatch(_ uploadID: String, _ call: Call<Caller>) async throws -> EndpointResponse {
        let numbers = try Self.partNumbers(try call.query.value("partNumbers") ?? "")
        let requests = try await signParts(numbers, try await target(uploadID, call), call)
        let urls = requests.map { (String($0.number), $0.request.url) }
        return EndpointResponse(json: UppySignedBatch(urls: Dictionary(urls) { first, _ in first }))
    }

    /// The list of parts in the body isn't read, because R2 reports what has arrived.
    func uppyComplete(_ uploadID: String, _ call: Call<Caller>) async throws -> EndpointResponse {
        EndpointResponse(json: try await complete(try await target(uploadID, call), call))
    }

    /// Completes an upload.
    func complete(_ target: UppyTarget, _ call: Call<Caller>) async throws -> UppyCompletion {
        let (_, user) = try call.identity()
        let video = try await multipartUploads().complete(target.video, attempt: target.attempt, by: user)
        return UppyCompletion(
            location: "\(options.prefix)/videos/\(video.id)", key: target.key, bucket: client.config.bucket.rawValue)
    }

    func uppyCancel(_ uploadID: String, _ call: Call<Caller>) async throws -> EndpointResponse {
        try await cancel(try await target(uploadID, call), call)
        return EndpointResponse(json: [String: String]())
    }

    /// Cancels an upload, unless the whole file has arrived.
    func cancel(_ target: UppyTarget, _ call: Call<Caller>) async throws {
        let (_, user) = try call.identity()
        _ = try await multipartUploads().cancel(target.video, attempt: target.attempt, by: user)
    }

    // MARK: Parts

    static func invalidState(_ reason: String) -> EndpointProblem {
        EndpointProblem(
            EndpointProblem.Code(VideoDeliveryError.Code.invalidState.rawValue), "Invalid state: \(reason).")
    }

    func multipartUploads() throws(EndpointProblem) -> VideoUploads {
        guard let uppyUploads else { throw .noRoute }
        return uppyUploads
    }

    /// Begins an upload, or continues it.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - uploads: The uploads.
    ///   - retries: The number of further tokens to begin with, each if the upload with the one before it is over.
    ///   - call: The request.
    /// - Returns: The upload.
    /// - Throws: An ``EndpointProblem`` if the caller may not upload to the session. The errors of `VideoUploads`.
    private func begin(
        _ file: UppyFile, with uploads: VideoUploads, retries: Int = 0, _ call: Call<Caller>
    ) async throws -> UploadAttempt {
        let (caller, user) = try call.identity()
        try countSigning(user)
        try await checkUpload(to: file.sessionID, caller)
        let limits = try await authorization.uploadLimits(of: caller)
        var retry = 0
        while true {
            do {
                return try await uploads.begin(
                    file.file, title: file.title, sessionID: file.sessionID, token: file.token(ofRetry: retry),
                    by: user, limits: limits)
            } catch let error as VideoDeliveryError
                where (error.code == .uploadCanceled || error.code == .uploadExpired) && retry < retries
            {
                retry += 1
            }
        }
    }

    /// Signs requests for parts of an upload.
    func signParts(
        _ numbers: [Int], _ target: @autoclosure () async throws -> UppyTarget, _ call: Call<Caller>
    ) async throws -> [UploadPartRequest] {
        let (_, user) = try call.identity()
        // Before the catalog is asked.
        try countSigning(user)
        let target = try await target()
        return try await multipartUploads().parts(numbers, of: target.video, attempt: target.attempt, by: user)
    }

    private static func partNumbers(_ text: String) throws(EndpointProblem) -> [Int] {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard numbers.allSatisfy({ PartPlan.numbers.contains($0) }) else {
            throw .invalidQuery("partNumbers", "part numbers from 1 to 10,000, separated by commas")
        }
        return numbers
    }

    private func seconds(until date: Date) -> Int {
        Int(min(max(date.timeIntervalSince(clock()).rounded(.down), 1), 604_800))
    }

    private func target(_ uploadID: String, _ call: Call<Caller>) async throws -> UppyTarget {
        guard let key = try call.query.value("key") else { throw EndpointProblem.missingQuery("key") }
        return try await target(uploadID, key: key)
    }

    /// Returns the upload that a request names with its key and its identifier, which must belong together.
    ///
    /// The operation that follows checks that the caller may manage it.
    func target(_ uploadID: String, key: String) async throws -> UppyTarget {
        let unknown = EndpointProblem(.notFound, "Upload not found: there is no such upload that you may manage.")
        guard let location = uploads.keys.location(of: key), !location.isUpload,
            let row = try await uploads.catalog.video(id: location.video, includingDeleted: true)
        else { throw unknown }
        if let upload = row.upload, upload.objectKey.utf8.elementsEqual(key.utf8) {
            guard let id = upload.id, id.utf8.elementsEqual(uploadID.utf8) else { throw unknown }
        } else {
            // A finished upload has no identifier anymore, and can be completed again.
            let keys = [row.objectKey] + row.replacedKeys
            guard keys.contains(where: { $0.utf8.elementsEqual(key.utf8) }) else { throw unknown }
        }
        return UppyTarget(video: location.video, attempt: location.attempt, key: key, uploadID: uploadID)
    }
}

/// An upload that a request names.
struct UppyTarget: Sendable {
    let video: Video.ID
    let attempt: UUID
    let key: String
    let uploadID: String
}
#endif
