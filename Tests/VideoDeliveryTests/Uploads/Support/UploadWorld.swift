#if Delivery && Emulator
import TestSupport
import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOHTTP1
import R2Emulator
import R2Kit
import R2Storage
import Testing
import VideoCatalog
import VideoDelivery

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A catalog, an emulator of R2, and the uploads that work on both.
struct UploadWorld: Sendable {
    let r2: R2Emulator
    let log: CallLog
    /// The catalog without trouble.
    let catalog: any VideoRepository
    let client: R2Client
    var uploads: VideoUploads

    static let user: UserID = "ada"

    /// Options with which every file is sent in parts of 5 MiB.
    static let inParts = VideoDeliveryOptions(singleRequestLimit: 0, partSize: PartPlan.minimumPartLength)

    /// Runs a test in a new world.
    ///
    /// On SeaweedFS, the emulator only has the clock, which no test turns far.
    static func with(
        server: ObjectServer = .emulator,
        policy: UploadPolicy = UploadPolicy(limits: .none), options: VideoDeliveryOptions = VideoDeliveryOptions(),
        retry: RetryPolicy = .none, emulator: R2Emulator.Options = R2Emulator.Options(),
        catalog makeCatalog: (@escaping CatalogClock) async throws -> any VideoRepository = {
            InMemoryVideoRepository(clock: $0)
        },
        _ body: (UploadWorld) async throws -> Void
    ) async throws {
        let r2 = try await R2Emulator.start(emulator)
        // Only tests turn the clock, however long they take. It shows a whole second, as catalogs store it.
        r2.clock.stop(at: Date(timeIntervalSince1970: r2.clock.now.timeIntervalSince1970.rounded(.down)))
        var relay: Relay?
        do {
            let clock: CatalogClock = { r2.clock.now }
            let catalog = try await makeCatalog(clock)
            let log = CallLog()
            var config = r2.config
            if server == .emulator {
                log.attach(to: r2)
            } else {
                let bucket = try await SeaweedFS.bucket()
                let started = try await Relay.start(to: bucket, log)
                relay = started
                config = try await SeaweedFS.config(bucket, at: started.endpoint)
            }
            let client = R2Client(
                config,
                configuration: R2ClientConfiguration(
                    retry: retry, stallTimeout: .onBusyMachine, connectionTimeout: .onBusyMachine))
            let uploads = try VideoUploads(
                catalog: InterceptedCatalog(
                    catalog: catalog, interceptor: CatalogTrouble(log: log, names: CatalogTrouble.ofUploads)),
                client: client, policy: policy,
                options: options, clock: clock)
            try await body(UploadWorld(r2: r2, log: log, catalog: catalog, client: client, uploads: uploads))
        } catch {
            await relay?.stop()
            await r2.stop()
            throw error
        }
        await relay?.stop()
        await r2.stop()
    }

    /// Returns the same world with other rules for its uploads.
    func with(
        policy: UploadPolicy? = nil, options: VideoDeliveryOptions? = nil,
        authorization: UploadAuthorization = .uploaderOnly
    ) throws -> UploadWorld {
        var copy = self
        let r2 = r2
        copy.uploads = try VideoUploads(
            catalog: uploads.catalog, client: client, policy: policy ?? uploads.policy,
            options: options ?? uploads.options, authorization: authorization, clock: { r2.clock.now })
        return copy
    }

    // MARK: Clients

    static func file(_ bytes: [UInt8], name: String = "lecture.mp4", fingerprint: String? = nil) -> UploadFile {
        UploadFile(name: name, contentType: "video/mp4", byteSize: Int64(bytes.count), fingerprint: fingerprint)
    }

    func begin(
        _ bytes: [UInt8], token: String = "token", by user: UserID = user, transport: UploadTransport = .foreground
    ) async throws -> UploadAttempt {
        try await uploads.begin(Self.file(bytes), title: "Lecture", token: token, by: user, transport: transport)
    }

    /// Sends everything that an upload asks for, as a client does.
    func send(_ bytes: [UInt8], _ upload: UploadAttempt) async throws {
        if let request = upload.request { #expect(try await send(request, bytes) == 200) }
        for part in upload.parts { #expect(try await send(part, of: bytes) == 200) }
    }

    func send(_ part: UploadPartRequest, of bytes: [UInt8]) async throws -> Int {
        try await send(part.request, Array(bytes[Int(part.offset)..<Int(part.offset + part.length)]))
    }

    /// Sends a presigned request.
    ///
    /// - Returns: The status of the response.
    func send(
        _ presigned: PresignedRequest, _ body: [UInt8], headers: [(String, String)] = []
    ) async throws -> Int { try await Self.perform(presigned, body, headers: headers) }

    /// Sends a presigned request, from any process.
    ///
    /// - Returns: The status of the response.
    static func perform(
        _ presigned: PresignedRequest, _ body: [UInt8], headers: [(String, String)] = []
    ) async throws -> Int {
        var request = HTTPClientRequest(url: presigned.url)
        request.method = .init(rawValue: presigned.method.rawValue)
        for field in presigned.browserHeaders { request.headers.add(name: field.name.rawName, value: field.value) }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        // A connection of its own: the server may close an idle one just when the next request is sent.
        request.headers.add(name: "connection", value: "close")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(300))
        _ = try await response.body.collect(upTo: 1 << 20)
        return Int(response.status.code)
    }

    /// Begins an upload and sends its file.
    func upload(_ bytes: [UInt8], token: String = "token") async throws -> UploadAttempt {
        let upload = try await begin(bytes, token: token)
        try await send(bytes, upload)
        return upload
    }

    /// Uploads a file until it is ready.
    func ready(_ bytes: [UInt8] = SampleVideo.mp4(), token: String = "token") async throws -> Video {
        let upload = try await upload(bytes, token: token)
        return try await uploads.complete(upload.video, by: Self.user)
    }

    /// Stores metadata of the app in a row, so that there is room for seven bytes more.
    func fillMetadata(of video: Video.ID) async throws {
        try await catalog.update(video) { row in
            let used = row.metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
            row.metadata["app"] = String(repeating: "x", count: 8192 - used - 10)
        }
    }

    // MARK: What is there

    func row(_ video: Video.ID) async throws -> Video {
        try #require(try await catalog.video(id: video, includingDeleted: true))
    }

    /// The keys of all objects, in order.
    func objects() async throws -> [String] {
        var keys: [String] = []
        for try await object in client.list() { keys.append(object.key.rawValue) }
        return keys
    }

    func multipartUploads() async throws -> Int {
        var count = 0
        for try await _ in client.listMultipartUploads() { count += 1 }
        return count
    }

    func bytes(of key: String) async throws -> [UInt8] {
        Array(try await client.get(ObjectKey(key)).collect(upTo: 1 << 30).readableBytesView)
    }

    /// Expects that a video is ready, and that its object is the pinned one with these bytes.
    func expectReady(
        _ video: Video.ID, _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let row = try await row(video)
        #expect(row.state == .ready, sourceLocation: sourceLocation)
        #expect(!row.isDeleted && row.upload == nil, sourceLocation: sourceLocation)
        let object = try await client.head(ObjectKey(row.objectKey))
        #expect(object.etag.opaqueValue == row.etag, sourceLocation: sourceLocation)
        #expect(object.contentType == row.contentType, sourceLocation: sourceLocation)
        #expect(row.byteSize == Int64(bytes.count), sourceLocation: sourceLocation)
        let isSame = try await self.bytes(of: row.objectKey) == bytes
        #expect(isSame, sourceLocation: sourceLocation)
    }
}

/// Expects an error of this module with a code.
@discardableResult
func expectError(
    _ code: VideoDeliveryError.Code, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async -> VideoDeliveryError? {
    let error = await #expect(throws: VideoDeliveryError.self, sourceLocation: sourceLocation) { try await body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    return error
}
#endif
