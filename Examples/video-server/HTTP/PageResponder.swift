#if Emulator && Delivery && SQLite
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Metrics
import NIOCore
import VideoCatalog
import VideoEndpoints

/// The responder for all requests.
///
/// The endpoints get the path as it arrived, which Hummingbird's own router would decode.
struct PageResponder: HTTPResponder {
    let backend: Backend
    let files: PageFiles
    let origins: PageOrigins
    let cookie: SessionCookie
    let securityHeaders: SecurityHeaders
    let metrics: PrometheusRegistry
    let requestMetrics = RequestMetrics()
    let logger: Logger

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let start = ContinuousClock.now
        let target = request.head.path ?? "/"
        let path = String(Substring(target.utf8.prefix { $0 != UInt8(ascii: "?") }))
        let person = cookie.person(in: request.headers)
        var response = await response(to: request, path: path, person: person)
        securityHeaders.add(to: &response.headers)
        record(request, path: path, response, ContinuousClock.now - start)
        logger.info(
            "request",
            metadata: [
                "method": "\(request.method)", "path": "\(Self.loggable(path))", "status": "\(response.status.code)",
                "milliseconds": "\((ContinuousClock.now - start) / .milliseconds(1))",
                "person": "\(person?.id ?? "-")",
            ])
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func response(to request: Request, path: String, person: Person?) async -> Response {
        guard origins.allow(request.head, apiPrefix: Backend.prefix) else {
            return Self.problem(
                .forbidden, "crossOrigin",
                "Cross-origin request: send it from the page, with its Origin header if it changes something.")
        }
        if path.hasPrefix(Backend.prefix + "/") {
            let response = await backend.endpoints.respond(to: request.head, body: request.body, caller: person)
            let body =
                response.body.buffer.map { ResponseBody(byteBuffer: $0) } ?? ResponseBody(asyncSequence: response.body)
            return Response(status: response.head.status, headers: response.head.headerFields, body: body)
        }
        guard let methods = methods(of: path) else {
            return Self.problem(.notFound, "notFound", "Not found: there is no such page.")
        }
        guard methods.contains(request.method) else {
            let list = methods.map(\.rawValue).joined(separator: ", ")
            var response = Self.problem(
                .methodNotAllowed, "methodNotAllowed", "Method not allowed: this path allows \(list).")
            response.headers[.allow] = list
            return response
        }
        switch (request.method, path) {
        case (.post, "/session"): return await signIn(request)
        case (.delete, "/session"):
            var response = session(of: nil)
            response.headers[.setCookie] = cookie.removal
            return response
        case (_, "/session"): return session(of: person)
        case (_, "/health"): return await health()
        case (_, "/metrics"): return metricsDocument()
        default:
            return files.response(to: request.head, path: path)
                ?? Self.problem(.notFound, "notFound", "Not found: there is no such page.")
        }
    }

    /// Returns the methods of a path outside the endpoints, or `nil` if there is no such path.
    private func methods(of path: String) -> [HTTPRequest.Method]? {
        switch path {
        case "/session": [.get, .head, .post, .delete]
        case "/health", "/metrics": [.get, .head]
        default: files.contains(path) ? [.get, .head] : nil
        }
    }

    /// Tokens in paths let the one who has them play a video.
    private static func loggable(_ path: String) -> String {
        path.hasPrefix(Backend.prefix + "/play/") ? Backend.prefix + "/play/…" : path
    }
}

// MARK: Sessions and health

extension PageResponder {
    /// The facts that the page needs to begin.
    private struct SessionDocument: Encodable {
        let person: Person?
        let people: [Person]
        let courseSessions: [CourseSession]
        let usesEmulator: Bool
    }

    private struct SignIn: Decodable {
        let person: String
    }

    private func session(of person: Person?) -> Response {
        Self.json(
            SessionDocument(
                person: person, people: Person.all, courseSessions: CourseSession.all,
                usesEmulator: backend.usesEmulator))
    }

    private func signIn(_ request: Request) async -> Response {
        let type = request.headers[.contentType]?.split(separator: ";").first ?? ""
        guard type.trimmingCharacters(in: .whitespaces).lowercased() == "application/json" else {
            return Self.problem(
                .unsupportedMediaType, "unsupportedMediaType",
                "Unsupported media type: send Content-Type: application/json.")
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: 1024)
        } catch is NIOTooManyBytesError {
            return Self.problem(.contentTooLarge, "bodyTooLarge", "Body too large: send at most 1,024 bytes.")
        } catch {
            return Self.problem(.badRequest, "incompleteBody", "Incomplete body: repeat the request.")
        }
        guard let signIn = try? JSONDecoder().decode(SignIn.self, from: Data(body.readableBytesView)),
            let person = Person(id: signIn.person)
        else {
            return Self.problem(
                .unprocessableContent, "unknownPerson", "Unknown person: choose one of those on the page.")
        }
        var response = session(of: person)
        response.headers[.setCookie] = cookie.issue(to: person)
        return response
    }

    /// Responds to a load balancer, which asks often: the catalog costs nothing to ask, requests to R2 would.
    private func health() async -> Response {
        do {
            _ = try await backend.catalog.videos(matching: VideoQuery(), page: PageRequest(limit: 1))
            return Self.json(["status": "ok"])
        } catch {
            logger.error("The catalog doesn't respond.", metadata: ["error": "\(error)"])
            return Self.json(["status": "catalog unavailable"], status: .serviceUnavailable)
        }
    }

    /// Responds to a Prometheus server.
    ///
    /// The metrics have names and numbers, and nothing of people or videos.
    private func metricsDocument() -> Response {
        let body = ByteBuffer(string: metrics.text)
        let headers: HTTPFields = [
            .contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store",
            .contentLength: String(body.readableBytes),
        ]
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    private static let areas = [
        "/api/uploads", "/api/videos", "/api/play", "/api/s3", "/session", "/health", "/metrics",
    ]

    /// Counts a request.
    ///
    /// Anyone can choose paths, so only known areas become labels.
    private func record(_ request: Request, path: String, _ response: Response, _ duration: Duration) {
        let area =
            Self.areas.first { area in
                path.utf8.starts(with: area.utf8)
                    && (path.utf8.count == area.utf8.count || path.utf8.dropFirst(area.utf8.count).first == 0x2F)
            } ?? (files.contains(path) ? "/" : "other")
        requestMetrics.record(request.method, area: area, status: response.status.code, duration)
    }

    private static func json(
        _ document: some Encodable, status: HTTPResponse.Status = .ok, contentType: String = "application/json"
    ) -> Response {
        guard let data = try? JSONEncoder().encode(document) else { return Response(status: .internalServerError) }
        let headers: HTTPFields = [
            .contentType: contentType, .cacheControl: "no-store", .contentLength: String(data.count),
        ]
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
    }

    /// A problem in the form of the endpoints (RFC 9457).
    private struct Problem: Encodable {
        let type = "about:blank"
        let title: String
        let status: Int
        let code: String
        let detail: String
    }

    private static func problem(_ status: HTTPResponse.Status, _ code: String, _ detail: String) -> Response {
        json(
            Problem(title: status.reasonPhrase, status: status.code, code: code, detail: detail), status: status,
            contentType: "application/problem+json")
    }
}
#endif
