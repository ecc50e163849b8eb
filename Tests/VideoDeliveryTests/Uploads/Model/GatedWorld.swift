#if Delivery && Emulator
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import R2Emulator
import R2Kit
import R2Storage
import Synchronization
import TestSupport
import VideoCatalog
import VideoDelivery

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The turns of the current run, which connections that outlive a run look up.
final class CurrentTurns: Sendable {
    private let turns = Mutex<Turns?>(nil)

    var value: Turns? {
        get { turns.withLock { $0 } }
        set { turns.withLock { $0 = newValue } }
    }
}

/// The turns of a program, one for each call to the catalog.
struct CatalogTurns: CatalogInterceptor {
    let program: Int
    let turns: CurrentTurns

    func call<Result: Sendable>(
        _ name: String, isChange: Bool, _ body: () async throws -> Result
    ) async throws -> Result {
        guard let turns = turns.value, CatalogTrouble.ofUploads.contains(name) else { return try await body() }
        let permission = await turns.wait(program, name)
        let result = try await body()
        if permission == .loseResponse { throw CatalogError(.outcomeUnknown, "Lost by the test.") }
        return result
    }
}

/// A part of a connection to R2 that waits for the turn of its program before each request.
final class GateHandler: ChannelDuplexHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart
    // Bytes, because the decoder comes later.
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let program: Int
    private let turns: CurrentTurns
    private var held: [(NIOAny, EventLoopPromise<Void>?)] = []
    private var isHolding = false
    private var losesResponse = false

    init(_ program: Int, _ turns: CurrentTurns) {
        self.program = program
        self.turns = turns
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .head(let head) = Self.unwrapOutboundIn(data), let turns = turns.value {
            isHolding = true
            held.append((data, promise))
            let program = program
            let loop = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            let call = Self.name(of: head)
            context.eventLoop.makeFutureWithTask { await turns.wait(program, call) }.whenSuccess { permission in
                let (handler, context) = loop.value
                handler.release(context, permission)
            }
        } else if isHolding {
            held.append((data, promise))
        } else {
            context.write(data, promise: promise)
        }
    }

    func flush(context: ChannelHandlerContext) {
        if !isHolding { context.flush() }
    }

    private func release(_ context: ChannelHandlerContext, _ permission: Turns.Permission) {
        isHolding = false
        losesResponse = permission == .loseResponse
        for (data, promise) in held { context.write(data, promise: promise) }
        held = []
        context.flush()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if losesResponse { context.close(promise: nil) } else { context.fireChannelRead(data) }
    }

    private static func name(of head: HTTPRequestHead) -> String {
        let path = head.uri.prefix { $0 != "?" }
        let isUpload = path.contains("/uploads/")
        let query = head.uri.dropFirst(path.count)
        let kind = query.contains("uploadId") ? " multipart" : query.contains("uploads") ? " uploads" : ""
        return "\(head.method)\(isUpload ? " upload" : " file")\(kind)"
    }
}

/// HTTP clients of several programs, whose requests wait for their turns.
struct GatedClients: Sendable {
    let turns = CurrentTurns()
    let clients: [R2Client]
    private let httpClients: [HTTPClient]

    init(_ count: Int, _ config: R2Config) {
        let turns = turns
        httpClients = (0..<count).map { program in
            var configuration = R2ClientConfiguration.httpClientConfiguration
            configuration.http1_1ConnectionDebugInitializer = { channel in
                channel.eventLoop.submit {
                    let pipeline = channel.pipeline.syncOperations
                    let encoder = try pipeline.context(handlerType: HTTPRequestEncoder.self).handler
                    try pipeline.addHandler(GateHandler(program, turns), position: .after(encoder))
                }
            }
            return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        }
        clients = httpClients.map {
            R2Client(
                config, httpClient: $0, configuration: R2ClientConfiguration(retry: .none, stallTimeout: .onBusyMachine)
            )
        }
    }

    func shutDown() async { for client in httpClients { try? await client.shutdown() } }
}
#endif
