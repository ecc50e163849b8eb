#if Delivery
internal import NIOCore
internal import R2Kit
internal import R2Storage
internal import VideoCatalog
internal import VideoDelivery

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The routes of thumbnails, for those who may edit the video.
extension VideoEndpoints {
    func beginThumbnail(_ id: Video.ID, _ call: Call<Caller>) async throws -> EndpointResponse {
        let (caller, user) = try call.identity()
        let body = try call.content.decode(ThumbnailRequest.self)
        try countSigning(user)
        let video = try await video(id, for: .edit, caller)
        guard let format = ThumbnailFormat(contentType: body.contentType) else { throw Self.typeNotAllowed(id) }
        let maximum = Int64(options.maximumThumbnailSize)
        guard (1...maximum).contains(body.byteSize.value) else {
            throw Self.problem(
                .sizeNotAllowed,
                "Size not allowed: expected a thumbnail of 1 to \(maximum) bytes, not \(body.byteSize.value).", id)
        }
        try await clearThumbnails(of: video)
        let thumbnail = UUID()
        let request = try thumbnails.upload(
            to: thumbnails.key(thumbnail, of: video), format, byteSize: body.byteSize.value, at: clock())
        return EndpointResponse(
            json: ThumbnailResource(thumbnail: thumbnail.uuidString.lowercased(), request: request))
    }

    /// Checks a thumbnail that was sent, and makes it the video's.
    ///
    /// A thumbnail of an earlier file isn't found, because each file has a folder of its own.
    func completeThumbnail(_ id: Video.ID, _ call: Call<Caller>) async throws -> EndpointResponse {
        let (caller, _) = try call.identity()
        let body = try call.content.decode(ThumbnailCompletion.self)
        var checked: ObjectKey?
        var backoff = ConflictBackoff()
        while backoff.conflicts < Self.thumbnailAttempts {
            let video = try await video(id, for: .edit, caller)
            let key = try thumbnails.key(body.thumbnail.uuid, of: video)
            let old = video.thumbnailKey
            if let old, old.utf8.elementsEqual(key.rawValue.utf8) { return EndpointResponse(json: resource(video)) }
            if key != checked { try await checkThumbnail(key, of: id) }
            checked = key
            var changes = VideoChanges()
            changes.thumbnailKey = .set(key.rawValue)
            do {
                let changed = try await uploads.catalog.update(id, expecting: video.version, changes)
                // What isn't deleted here is deleted with the video.
                if let old, thumbnails.owns(old, of: video) { try? await client.delete(ObjectKey(old)) }
                return EndpointResponse(json: resource(changed))
            } catch let error as CatalogError where error.code == .versionConflict {
                try await backoff.pause()
            }
        }
        throw EndpointProblem(EndpointProblem.Code(VideoDeliveryError.Code.conflict.rawValue), "Repeat the request.")
    }

    /// Deletes thumbnails that were sent long ago and never completed.
    ///
    /// No usage counts them, so that their number is limited.
    private func clearThumbnails(of video: Video) async throws {
        let old = clock() - 2 * (Thumbnails.uploadLifetime / .seconds(1))
        var open = 0
        for try await object in client.list(prefix: thumbnails.prefix(of: video)) {
            if let current = video.thumbnailKey, object.key.rawValue.utf8.elementsEqual(current.utf8) { continue }
            if object.lastModified < old { try await client.delete(object.key) } else { open += 1 }
        }
        guard open < Self.maximumOpenThumbnails else {
            var problem = EndpointProblem(
                .tooManyRequests,
                "Too many thumbnails: \(open) were sent for this video and not completed. Complete one of them.")
            problem.video = video.id
            problem.retryAfter = Thumbnails.uploadLifetime
            throw problem
        }
    }

    private static var maximumOpenThumbnails: Int { 10 }

    /// Returns a video as clients see it.
    func resource(_ video: Video) -> VideoResource {
        VideoResource(video, thumbnailURL: thumbnails.url(of: video, at: clock()))
    }

    private static var thumbnailAttempts: Int { 20 }

    /// Checks the size, the type and the first bytes of a thumbnail at R2, and deletes one that isn't allowed.
    private func checkThumbnail(_ key: ObjectKey, of id: Video.ID) async throws {
        do {
            let object = try await client.head(key)
            guard (1...Int64(options.maximumThumbnailSize)).contains(object.contentLength),
                let format = object.contentType.flatMap({ ThumbnailFormat(contentType: $0) })
            else { return try await refuseThumbnail(key, of: id) }
            let length = min(Int64(ThumbnailFormat.signatureLength), object.contentLength)
            let stream = try await client.get(
                key, range: .bytes(0, through: length - 1),
                conditions: ObjectConditions(precondition: .ifMatch(object.etag)))
            let bytes = try await stream.collect(upTo: ThumbnailFormat.signatureLength)
            guard format.matches(Array(bytes.readableBytesView)) else { return try await refuseThumbnail(key, of: id) }
        } catch let error as R2Error where error.isNotFound {
            throw Self.problem(
                .notUploaded, "Thumbnail not uploaded: send it with the request that began it, then complete it.", id)
        }
    }

    private func refuseThumbnail(_ key: ObjectKey, of id: Video.ID) async throws {
        try? await client.delete(key)
        throw Self.typeNotAllowed(id)
    }

    private static func typeNotAllowed(_ id: Video.ID) -> EndpointProblem {
        problem(.typeNotAllowed, "Type not allowed: expected a thumbnail of the type \(ThumbnailFormat.names).", id)
    }

    private static func problem(
        _ code: VideoDeliveryError.Code, _ detail: String, _ video: Video.ID
    ) -> EndpointProblem {
        var problem = EndpointProblem(EndpointProblem.Code(code.rawValue), detail)
        problem.video = video
        return problem
    }
}
#endif
