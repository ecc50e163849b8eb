#if Delivery && Emulator && SQLite && (os(macOS) || os(Linux))
import Foundation
import R2Kit
import R2Storage
import Synchronization
import TestSupport
import VideoCatalog
import VideoCatalogSQLite
import VideoDelivery

/// A process that goes through the whole workflow, with a catalog on disk, until SIGKILL ends it.
///
/// The server of the objects is in the process of the test.
struct DoomedProcess: Codable, Sendable {
    let endpoint: String
    let bucket: String
    let database: String
    let journal: String
    /// The number of the call before which the process dies, or `nil`.
    var call: Int?
    /// The time after which the process dies wherever it is, in seconds, or `nil`.
    var delay: Double?

    static let user: UserID = "ada"
    static let accessKeyID = "0123456789abcdef0123456789abcdef"
    static let secretAccessKey = "secret-of-a-doomed-process"

    /// Files above 5,000 bytes are sent in parts.
    static let options = VideoDeliveryOptions(singleRequestLimit: 5000, partSize: PartPlan.minimumPartLength)

    /// The files of each video, in the order in which they become its file.
    static let files: [String: [[UInt8]]] = [
        "one": [SampleVideo.mp4(4096, seed: 1), SampleVideo.mp4(6100, seed: 2)],
        "parts": [SampleVideo.mp4(6000, seed: 3), SampleVideo.mp4(4100, seed: 4)],
        "deleted": [SampleVideo.mp4(4096, seed: 5)],
    ]

    /// Runs the workflow, which the process doesn't survive.
    func run() async {
        do { try await perform() } catch { try? write("error \(error)") }
        DeadlyCalls.die()
    }

    private func perform() async throws {
        let calls = DeadlyCalls(call)
        let daysLater = Mutex(0)
        let clock: CatalogClock = { Date() + Double(daysLater.withLock { $0 }) * 86_400 }
        let config = try R2Config(
            endpoint: R2Endpoint(endpoint),
            credentials: R2Credentials(accessKeyID: Self.accessKeyID, secretAccessKey: Self.secretAccessKey),
            bucket: BucketName(bucket))
        let client = R2Client(config, configuration: R2ClientConfiguration(tracer: DeadlyTracer(calls: calls)))
        let catalog = InterceptedCatalog(
            catalog: try await SQLiteVideoRepository(path: database, clock: clock), interceptor: calls)
        let uploads = try VideoUploads(
            catalog: catalog, client: client, policy: UploadPolicy(limits: .none), options: Self.options, clock: clock)
        let start = ContinuousClock.now
        if let delay {
            Thread.detachNewThread {
                Thread.sleep(forTimeInterval: delay)
                DeadlyCalls.die()
            }
        }
        try await flow(Workflow(process: self, uploads: uploads, calls: calls))
        for days in [1, 4, 31] {
            daysLater.withLock { $0 += days }
            let housekeeping = VideoHousekeeping(uploads)
            _ = try await housekeeping.runOnce()
            _ = try await housekeeping.reconcile()
        }
        let duration = (ContinuousClock.now - start) / .seconds(1)
        try write("end \(calls.number) \(duration)")
    }

    private func flow(_ work: Workflow) async throws {
        let one = try await work.upload("one")
        let parts = try await work.upload("parts")
        try await work.replace("one", one)
        try await work.cancelReplacement(of: one)
        try await work.replace("parts", parts)
        try await work.cancel("canceled", SampleVideo.mp4(4096, seed: 6))
        try await work.cancel("canceled in parts", SampleVideo.mp4(6000, seed: 7))
        try await work.fail("wrong", SampleVideo.text(4096))
        try await work.fail("wrong in parts", SampleVideo.text(6000))
        _ = try await work.begin("left", SampleVideo.mp4(4096, seed: 8))
        _ = try await work.begin("left in parts", SampleVideo.mp4(6000, seed: 9))
        let deleted = try await work.upload("deleted")
        try write("deleting deleted")
        try await work.uploads.catalog.delete(deleted)
    }

    /// Notes what a client knows, in a file that outlives the process.
    func write(_ line: String) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: journal))
        try file.seekToEnd()
        try file.write(contentsOf: Data((line + "\n").utf8))
        try file.close()
    }
}

/// The steps of clients.
private struct Workflow {
    let process: DoomedProcess
    let uploads: VideoUploads
    let calls: DeadlyCalls

    func begin(_ token: String, _ bytes: [UInt8]) async throws -> UploadAttempt {
        try await uploads.begin(UploadWorld.file(bytes), title: token, token: token, by: DoomedProcess.user)
    }

    private func send(_ upload: UploadAttempt, _ bytes: [UInt8]) async throws {
        if let request = upload.request { try await send(request, bytes) }
        for part in upload.parts {
            try await send(part.request, Array(bytes[Int(part.offset)..<Int(part.offset + part.length)]))
        }
    }

    private func send(_ request: PresignedRequest, _ bytes: [UInt8]) async throws {
        calls.note()
        let status = try await UploadWorld.perform(request, bytes)
        guard status == 200 else { throw TestSupportError("A client's request was answered with \(status).") }
    }

    private func complete(_ upload: UploadAttempt) async throws -> Video {
        try await uploads.complete(upload.video, attempt: upload.attempt, by: DoomedProcess.user)
    }

    func upload(_ token: String) async throws -> Video.ID {
        let bytes = DoomedProcess.files[token]?[0] ?? []
        let upload = try await begin(token, bytes)
        try await send(upload, bytes)
        let video = try await complete(upload)
        try process.write("ready \(token) 0 \(video.id)")
        return video.id
    }

    func replace(_ token: String, _ video: Video.ID) async throws {
        let bytes = DoomedProcess.files[token]?[1] ?? []
        let upload = try await uploads.replace(
            video, with: UploadWorld.file(bytes), token: "new", by: DoomedProcess.user)
        try await send(upload, bytes)
        _ = try await complete(upload)
        try process.write("ready \(token) 1 \(video)")
    }

    func cancelReplacement(of video: Video.ID) async throws {
        let upload = try await uploads.replace(
            video, with: UploadWorld.file(SampleVideo.mp4()), token: "unwanted", by: DoomedProcess.user)
        try await uploads.cancel(video, attempt: upload.attempt, by: DoomedProcess.user)
    }

    func cancel(_ token: String, _ bytes: [UInt8]) async throws {
        let upload = try await begin(token, bytes)
        try await uploads.cancel(upload.video, attempt: upload.attempt, by: DoomedProcess.user)
    }

    func fail(_ token: String, _ bytes: [UInt8]) async throws {
        let upload = try await begin(token, bytes)
        try await send(upload, bytes)
        do { _ = try await complete(upload) } catch let error as VideoDeliveryError
            where error.code == .verificationFailed
        {}
    }
}
#endif
