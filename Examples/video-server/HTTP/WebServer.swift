#if Emulator && Delivery && SQLite
import Foundation
import Hummingbird
import Logging
import NIOCore
import R2Kit
import R2Storage

/// The server of the page and of the endpoints.
struct WebServer: Sendable {
    let application: Application<PageResponder>

    /// Creates a server.
    init(_ settings: Settings, _ backend: Backend, _ metrics: PrometheusRegistry) throws {
        let origins = PageOrigins()
        let isSecure = settings.publicOrigin?.hasPrefix("https:") ?? false
        let responder = PageResponder(
            backend: backend, files: try PageFiles(), origins: origins,
            cookie: SessionCookie(secret: settings.secret, isSecure: isSecure),
            securityHeaders: SecurityHeaders(storageOrigin: backend.storageOrigin, isSecure: isSecure),
            metrics: metrics, logger: settings.logger)
        application = Application(
            responder: responder,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        RequestLimits(
                            time: .seconds(settings.requestTimeLimit),
                            responseTime: .seconds(settings.responseTimeLimit))
                    ],
                    idleTimeout: .seconds(60))),
            configuration: ApplicationConfiguration(address: .hostname(settings.host, port: settings.port)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? settings.port
                let isLocal = settings.host == "127.0.0.1" || settings.host == "localhost"
                let names = isLocal ? ["127.0.0.1", "localhost"] : [settings.host]
                // Browsers leave the default port out.
                let shown = port == 80 ? nil : port
                origins.set(
                    settings.publicOrigin.map { [$0] }
                        ?? names.map { PublicURL.origin(scheme: "http", host: $0.lowercased(), port: shown) })
                do {
                    try await backend.allow(origins.all)
                } catch {
                    settings.logger.error("The bucket's CORS rules can't be set.", metadata: ["error": "\(error)"])
                    // No upload from this page could succeed.
                    if let origin = settings.publicOrigin {
                        Output.error("video-server: Can't allow uploads from \(origin): \(error). Check PUBLIC_URL.")
                        exit(1)
                    }
                }
                let catalog = settings.databaseURL == nil ? "SQLite" : "PostgreSQL"
                let storage =
                    backend.usesEmulator
                    ? "Videos are stored on this machine, in \(settings.dataDirectory.path)"
                    : "Videos are stored in the bucket \(backend.client.config.bucket)"
                let host = settings.publicOrigin.flatMap { URLComponents(string: $0)?.host }
                let limit =
                    backend.usesEmulator && !(host.map(PublicURL.isLoopback) ?? true)
                    ? "Only browsers on this machine can send and play files. For others, set the variables of R2.\n"
                    : ""
                Output.line(
                    "\(storage), and the catalog in \(catalog).\n\(limit)Press Ctrl-C to stop.\n\n"
                        + "\(origins.all.first ?? "")/")
            },
            logger: settings.logger)
    }
}
#endif
