#if Delivery
internal import R2Kit
internal import VideoCatalog

/// The errors that several operations throw.
extension VideoDeliveryError {
    static func expired(_ video: Video.ID) -> VideoDeliveryError {
        VideoDeliveryError(
            .uploadExpired,
            "Upload expired: the file of the video \(video) didn't arrive in time. Begin again with a new token.",
            video: video)
    }

    static func canceled(_ video: Video.ID) -> VideoDeliveryError {
        VideoDeliveryError(
            .uploadCanceled,
            "Upload canceled: this upload of the video \(video) was canceled, or the video was deleted. "
                + "Begin again with a new token.",
            video: video)
    }

    static func superseded(_ video: Video.ID) -> VideoDeliveryError {
        VideoDeliveryError(
            .superseded,
            "No such upload: the video \(video) has another upload by now, or this one was canceled. "
                + "Read the status of the video.",
            video: video)
    }

    static func failed(_ video: Video.ID, _ failure: VideoFailure) -> VideoDeliveryError {
        let reason =
            switch failure {
            case .notAVideo: "it isn't a video"
            case .truncated: "its end is missing"
            case .wrongSize: "it doesn't have the declared size"
            case .wrongType: "its format doesn't match its type"
            case .uploadLost: "R2 no longer has it"
            default: failure.rawValue
            }
        return VideoDeliveryError(
            .verificationFailed,
            "File rejected: the file of the video \(video) can't be played, because \(reason). "
                + "Begin again with a new token and another file.",
            video: video, failure: failure)
    }

    static func invalidFields(_ error: CatalogError, _ video: Video.ID) -> VideoDeliveryError {
        VideoDeliveryError(
            .invalidArgument, "Invalid video: " + error.fields.map(\.description).joined(separator: ", ") + ".",
            video: video)
    }

    static func notUploaded(_ upload: RowUpload, missing: [PartPlan.Part]) -> VideoDeliveryError {
        let video = upload.row.id
        guard let plan = upload.plan else {
            return VideoDeliveryError(
                .notUploaded,
                "File missing: R2 doesn't have the file of the video \(video). "
                    + "Send it with the request of the upload, then complete the upload again.",
                video: video)
        }
        let numbers = missing.map(\.number)
        let list = numbers.prefix(10).map(String.init).joined(separator: ", ") + (numbers.count > 10 ? ", …" : "")
        return VideoDeliveryError(
            .notUploaded,
            "Parts missing: R2 has \(plan.count - numbers.count) of the \(plan.count) parts of the video \(video). "
                + "Send the parts \(list), then complete the upload again.",
            video: video, missingParts: numbers)
    }

    static func lost(_ video: Video.ID) -> VideoDeliveryError {
        VideoDeliveryError(
            .uploadLost,
            "Upload lost: R2 no longer has the parts of the video \(video). "
                + "Begin again with the same token, and send all parts.",
            video: video)
    }

    static func pending(_ video: Video.ID) -> VideoDeliveryError {
        VideoDeliveryError(
            .verificationPending,
            "Verification pending: the file of the video \(video) has arrived, but isn't available yet. "
                + "Complete the upload again after a few seconds.",
            video: video)
    }

    static func conflict(_ video: Video.ID) -> VideoDeliveryError {
        VideoDeliveryError(
            .conflict,
            "Too many conflicts: other callers changed the video \(video) repeatedly. Repeat the call.",
            video: video)
    }

    static func differentFile(_ video: Video.ID, _ difference: String) -> VideoDeliveryError {
        VideoDeliveryError(
            .differentFile,
            "Different file: the token belongs to an upload of another file, because \(difference). "
                + "Choose the same file to continue, or begin again with a new token.",
            video: video)
    }
}
#endif
