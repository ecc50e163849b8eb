#if Delivery
import Logging
import R2Kit
import R2Storage
import ServiceLifecycle
import UnixSignals
import VideoCatalog
import VideoDelivery

/// The Swift code of the guide to deliveries and of the documentation comments, each example exactly as there.
///
/// The examples need a bucket, so they are compiled but not run.
private struct DeliveryExamples {
    private let catalog: InMemoryVideoRepository
    private let client: R2Client
    private let logger: Logger
    private let server: any Service
    private let session: CourseSessionID
    private let token: String
    private let user: UserID

    func upload(_ file: UploadFile) async throws {
        let uploads = try VideoUploads(catalog: catalog, client: client)
        let upload = try await uploads.begin(file, title: "Lecture 1", token: token, by: user)
        // The client sends the file to R2 with the requests of the upload.
        let video = try await uploads.complete(upload.video, attempt: upload.attempt, by: user)
        _ = video
    }

    func uploadInParts() async throws {
        let uploads = try VideoUploads(catalog: catalog, client: client)

        // 1. The client asks to upload a file, with a token that it made for this upload.
        let file = UploadFile(name: "lecture.mp4", contentType: "video/mp4", byteSize: 1_500_000_000)
        let upload = try await uploads.begin(file, title: "Lecture 1", sessionID: session, token: token, by: user)

        // 2. The client sends `upload.request`, or each of `upload.parts`, and asks for more as it goes.
        let more = try await uploads.parts([21, 22, 23], of: upload.video, attempt: upload.attempt, by: user)

        // 3. The client says that it has finished.
        let video = try await uploads.complete(upload.video, attempt: upload.attempt, by: user)
        _ = (more, video)
    }

    func service() async throws {
        let storage = R2ClientService(try R2Config(), logger: logger)
        let uploads = try VideoUploads(catalog: catalog, client: storage.client)
        let housekeeping = VideoHousekeeping(uploads)
        let group = ServiceGroup(
            services: [storage, housekeeping, server], gracefulShutdownSignals: [.sigterm], logger: logger)
        try await group.run()
    }

    func shortService(_ uploads: VideoUploads, _ storage: R2ClientService) async throws {
        let housekeeping = VideoHousekeeping(uploads)
        let group = ServiceGroup(services: [storage, housekeeping, server], logger: logger)
        try await group.run()
    }

    func reconciliation(_ housekeeping: VideoHousekeeping, _ marks: OrphanMarks) async throws {
        let result = try await housekeeping.reconcile(marks)
        for file in result.wrongFiles { print("\(file.video): \(file.problem)") }
        for orphan in result.orphans { print("\(orphan.key): \(orphan.byteSize) bytes since \(orphan.storedAt)") }
    }

    func reconciliation(_ housekeeping: VideoHousekeeping, _ marks: inout OrphanMarks) async throws {
        let result = try await housekeeping.reconcile(marks)
        marks = result.marks
        for file in result.wrongFiles { print("\(file.video): \(file.problem)") }
    }

    func event(_ housekeeping: VideoHousekeeping, _ message: (body: String, id: String)) async throws {
        let event = try R2Event(base64: message.body)  // or R2Event(json:) if your consumer decodes bodies
        try await housekeeping.handle(event)
    }

    func probe(_ size: Int64, _ read: (Int64, Int) async throws -> [UInt8]) async throws {
        var probe = MediaProbe(byteSize: size)
        while case .read(let offset, let length) = probe.step {
            probe.receive(try await read(offset, length))
        }
    }
}
#endif
