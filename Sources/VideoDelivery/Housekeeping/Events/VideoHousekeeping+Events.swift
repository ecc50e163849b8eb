#if Delivery
internal import R2Kit
internal import R2Storage
internal import Tracing
public import VideoCatalog

/// The result of handling an event of R2.
public enum R2EventOutcome: Sendable, Hashable {
    /// The file has arrived, and the video is `ready`.
    case completed(Video)
    /// The upload is over in another way: it failed, expired, was canceled or was replaced.
    case ended
    /// Something is missing, or another caller works on the upload.
    ///
    /// Acknowledge the message. The client or a later pass completes the upload.
    case pending
    /// The file of a video that should be `ready` was deleted.
    case fileMissing(Video)
    /// The event doesn't concern an upload.
    case ignored

    /// The name of the case.
    var name: String {
        switch self {
        case .completed: "completed"
        case .ended: "ended"
        case .pending: "pending"
        case .fileMissing: "fileMissing"
        case .ignored: "ignored"
        }
    }
}

extension VideoHousekeeping {
    /// Handles an event of R2.
    ///
    /// The event is only a hint: nothing in it is trusted but the key, and the same steps run as without it. So events
    /// may repeat, come late and in any order. The file of an upload in one request is completed. Events of the
    /// module's own copies and completions are ignored, because their caller continues. If the file of a ready video
    /// was deleted, that is logged.
    ///
    /// - Parameter event: The event.
    /// - Returns: The outcome. Acknowledge the message, whatever it is.
    /// - Throws: The errors of R2 and of the catalog. Have the message delivered again.
    @discardableResult
    public func handle(_ event: R2Event) async throws -> R2EventOutcome {
        let outcome = try await telemetry.withSpan("VideoHousekeeping.event") { span in
            span?.attributes["housekeeping.action"] = event.action.rawValue
            let outcome = try await self.outcome(of: event)
            span?.attributes["housekeeping.outcome"] = outcome.name
            return outcome
        }
        telemetry.eventHandled(event, outcome)
        return outcome
    }

    private func outcome(of event: R2Event) async throws -> R2EventOutcome {
        guard event.bucket == client.config.bucket.rawValue, let location = keys.location(of: event.key) else {
            return .ignored
        }
        switch event.action {
        case .putObject, .copyObject, .completeMultipartUpload:
            guard location.isUpload else { return .ignored }
            return try await complete(location)
        case .deleteObject, .lifecycleDeletion:
            guard !location.isUpload, let row = try await catalog.video(id: location.video), row.state == .ready,
                row.objectKey.utf8.elementsEqual(event.key.utf8)
            else { return .ignored }
            let file = try keys.file(of: location.video, attempt: location.attempt)
            return try await uploads.head(file) == nil ? .fileMissing(row) : .ignored
        default: return .ignored
        }
    }

    private func complete(_ location: VideoKeys.Location) async throws -> R2EventOutcome {
        do {
            return .completed(
                try await uploads.complete(location.video, attempt: location.attempt, evenIfOverdue: true))
        } catch let error as VideoDeliveryError {
            switch error.code {
            case .notFound, .invalidState: return .ignored
            case .verificationFailed, .uploadCanceled, .uploadExpired, .superseded: return .ended
            case .notUploaded, .uploadLost, .conflict, .verificationPending: return .pending
            default: throw error
            }
        }
    }
}
#endif
