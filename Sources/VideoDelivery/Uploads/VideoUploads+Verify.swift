#if Delivery
internal import NIOCore
internal import R2Kit
internal import R2Storage
internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The checks of a file that no client can change anymore.
extension VideoUploads {
    /// Checks a file and makes its video `ready`.
    ///
    /// - Parameters:
    ///   - file: The metadata of the file. All reads are of the version with this ETag.
    ///   - upload: The upload that brought the file.
    /// - Returns: The row.
    /// - Throws: ``RowChanged``. A ``VideoDeliveryError`` with the code `verificationFailed` if the file isn't what it
    ///   must be. The errors of R2 and of the catalog.
    func verify(_ file: ObjectMetadata, of upload: RowUpload) async throws -> Video {
        guard file.contentLength == upload.byteSize else { throw try await fail(upload, .wrongSize) }
        guard file.contentType == upload.contentType else { throw try await fail(upload, .wrongType) }
        let info: MediaInfo
        do {
            info = try await probe(file, of: upload)
        } catch let failure as MediaProbe.Failure {
            throw try await fail(upload, failure.code == .truncated ? .truncated : .notAVideo)
        }
        let type = policy.types.first { $0.contentType == upload.contentType }
        guard type.map({ $0.format == VideoFileType.Format(info.container) }) ?? true else {
            throw try await fail(upload, .wrongType)
        }
        guard info.hasVideo || !policy.requiresVideoTrack else { throw try await fail(upload, .notAVideo) }
        let row = try await update(upload) { row in
            if let replacement = row.replacement {
                row.removeDerivedObjects(replacedBy: upload.file, keys: keys)
                row.objectKey = replacement.objectKey
                row.upload = nil
                row.byteSize = upload.byteSize
                row.contentType = upload.contentType
                row.adoptReplacementValues()
            }
            row.state = .ready
            row.etag = file.etag.opaqueValue
            row.setMedia(info)
        }
        telemetry.uploadVerified(upload, info)
        return row
    }

    private func probe(_ file: ObjectMetadata, of upload: RowUpload) async throws -> MediaInfo {
        var probe = MediaProbe(byteSize: file.contentLength)
        while true {
            switch probe.step {
            case .finished(let info): return info
            case .failed(let failure): throw failure
            case .read(let offset, let length):
                let range = try ByteRange.bytes(offset, through: offset + Int64(length) - 1)
                do {
                    let stream = try await client.get(
                        upload.file, range: range, conditions: ObjectConditions(precondition: .ifMatch(file.etag)))
                    let bytes = try await stream.collect(upTo: length)
                    probe.receive(Array(bytes.readableBytesView))
                } catch let error as R2Error where error.isPreconditionFailed || error.isNotFound {
                    // Another caller ended the upload and deleted its file.
                    throw RowChanged()
                }
            }
        }
    }

    /// Ends an upload whose file can't be played.
    ///
    /// The row comes first, and the objects go afterward: nothing stores the file again once the row has failed, and a
    /// file is never deleted while the row may still become `ready` with it. The row keeps the key of the file among
    /// ``Video/replacedKeys``, from which housekeeping deletes it, and gets a key that no object has.
    ///
    /// - Returns: The error to throw.
    func fail(_ upload: RowUpload, _ failure: VideoFailure) async throws -> VideoDeliveryError {
        let unused = try keys.file(of: upload.row.id, attempt: UUID())
        _ = try await update(upload) { row in
            if upload.isReplacement {
                // The catalog adds the key of the upload to the replaced ones.
                row.endReplacement()
            } else {
                row.state = .failed(reason: failure.rawValue)
                row.removeDerivedObjects(replacedBy: unused, keys: keys)
                row.objectKey = unused.rawValue
                row.replacedKeys.append(upload.file.rawValue)
                row.upload = nil
            }
            row.setFailure(AttemptNote(upload.attempt, failure.rawValue))
        }
        telemetry.uploadFailed(upload, failure)
        await discard(upload)
        return .failed(upload.row.id, failure)
    }
}

extension Video {
    /// Stores the properties of a file.
    fileprivate mutating func setMedia(_ info: MediaInfo) {
        let isTurned = info.rotation == 90 || info.rotation == 270
        duration = info.duration.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        width = (isTurned ? info.height : info.width).flatMap { $0 > 0 ? $0 : nil }
        height = (isTurned ? info.width : info.height).flatMap { $0 > 0 ? $0 : nil }
        frameRate = info.frameRate.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        for name in UploadMetadata.media { metadata[name] = nil }
        let values = [
            UploadMetadata.container: info.container.rawValue, UploadMetadata.videoCodec: info.videoCodec,
            UploadMetadata.audioCodec: info.audioCodec,
            UploadMetadata.rotation: info.rotation == 0 ? nil : String(info.rotation),
            UploadMetadata.isFastStart: info.isFastStart.map(String.init),
            UploadMetadata.isFragmented: info.isFragmented ? "true" : nil,
        ]
        // The file decides what its codecs are called.
        for (name, value) in values {
            guard let value, value.utf8.count <= 64, !value.utf8.contains(0) else { continue }
            metadata[name] = value
        }
        // The app's own metadata has priority, if there isn't room for both.
        if !hasValidMetadataLength {
            for name in UploadMetadata.media { metadata[name] = nil }
        }
    }
}

extension VideoFileType.Format {
    /// Creates the format of a container, or returns `nil` for one without a format.
    fileprivate init?(_ container: MediaInfo.Container) {
        switch container {
        case .mp4, .mov: self = .isoMedia
        case .webm, .matroska: self = .matroska
        case .mpegTS: self = .mpegTransportStream
        default: return nil
        }
    }
}
#endif
