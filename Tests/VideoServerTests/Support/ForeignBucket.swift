#if Emulator && Delivery && SQLite
import Foundation
import R2Emulator
import R2Kit
import R2Storage
import VideoCatalog
import VideoCatalogSQLite

/// A bucket that the server reaches as it would reach R2: with variables of its environment, and without setting CORS
/// rules.
struct ForeignBucket: Sendable {
    private let client: R2Client
    /// The variables that select the bucket.
    let environment: [String: String]

    /// Runs a test with a bucket in an emulator of its own.
    static func with(_ body: (ForeignBucket) async throws -> Void) async throws {
        var options = R2Emulator.Options()
        options.keys = [.init(accessKeyID: "test-id", secretAccessKey: "test-secret")]
        let emulator = try await R2Emulator.start(options)
        let bucket = ForeignBucket(
            client: R2Client(emulator.config),
            environment: [
                "R2_ENDPOINT": emulator.url, "R2_BUCKET_NAME": emulator.config.bucket.rawValue,
                "R2_ACCESS_KEY_ID": "test-id", "R2_SECRET_ACCESS_KEY": "test-secret",
            ])
        do {
            try await body(bucket)
        } catch {
            await emulator.stop()
            throw error
        }
        await emulator.stop()
    }

    /// Lets a page use the bucket.
    func allow(_ origin: String) async throws { try await client.putBucketCORS(.browserUploads(from: [origin])) }

    /// Loses the parts of all uploads.
    func loseParts() async throws {
        for try await upload in client.listMultipartUploads() {
            try await client.abortMultipartUpload(upload.uploadID, key: upload.key)
        }
    }

    /// Stores a stream and makes it that of a video.
    ///
    /// - Parameters:
    ///   - directory: The directory of the stream.
    ///   - name: A name that the video's other streams don't have.
    ///   - video: The video.
    ///   - data: The data directory of the server.
    /// - Throws: The errors of the bucket and of the catalog.
    func store(_ directory: URL, as name: String, of video: Video.ID, in data: URL) async throws {
        for file in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
            try await client.put(
                fileAt: directory.appendingPathComponent(file).path, to: ObjectKey("videos/\(video)/\(name)/\(file)"))
        }
        let catalog = try await SQLiteVideoRepository(path: data.appendingPathComponent("catalog.sqlite").path)
        _ = try await catalog.update(video) { row in
            row.renditions = [.init(kind: "hls", key: "videos/\(video)/\(name)/index.m3u8")]
        }
    }
}
#endif
