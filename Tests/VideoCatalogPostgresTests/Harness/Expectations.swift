#if Postgres
import Foundation
import Testing
import VideoCatalog

/// Expects an error of the catalog.
///
/// - Returns: The error, if it is a `CatalogError`.
@discardableResult
func expect<Value>(
    _ code: CatalogError.Code, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Value
) async -> CatalogError? {
    do {
        _ = try await body()
        Issue.record("no error instead of \(code)", sourceLocation: sourceLocation)
    } catch let error as CatalogError {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        return error
    } catch {
        Issue.record("\(error) instead of \(code)", sourceLocation: sourceLocation)
    }
    return nil
}

extension NewVideo {
    /// A video with only the required fields.
    static func sample(_ key: String) -> NewVideo { NewVideo(title: "Lecture", objectKey: key, uploadedBy: "42") }

    /// A video with all fields.
    static func full(_ key: String) -> NewVideo {
        var video = NewVideo(
            title: "Über Ableitungen 🎬", objectKey: key, uploadedBy: "42", description: "Two\nlines and \"quotes\"",
            sessionID: "autumn", contentType: "video/mp4", byteSize: .max, tags: ["a, b", "{\"c\"}", "NULL", "d\\e"],
            metadata: ["k\"ey": "v\\al\u{1}ue 🎬", "": "x"].filter { !$0.key.isEmpty }, visibility: .unlisted,
            externalID: "ext-1", state: .failed(reason: "wrongSize"), uploadExpiresAt: .sample + 3600.000_001,
            deleteAfter: .sample + 7200)
        video.createdAt = .sample
        video.etag = "\"5d41402abc4b2a76b9719d911017c592\""
        video.duration = 12.34
        video.width = 1920
        video.height = 1080
        video.frameRate = 29.97
        video.thumbnailKey = "thumbnails/1.jpg"
        video.renditions = [.init(kind: "hls", key: "hls/master.m3u8"), .init(kind: "mp4-720", key: "720.mp4")]
        video.uploadedAt = .sample + 0.000_001
        video.readyAt = .sample + 0.999_999
        return video
    }
}

extension Date {
    /// 2026-03-01T09:30:00Z.
    static let sample = Date(timeIntervalSince1970: 1_772_357_400)
}
#endif
