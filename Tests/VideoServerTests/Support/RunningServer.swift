#if Emulator && Delivery && SQLite
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport

/// The program `video-server` with a data directory of its own.
struct RunningServer: Sendable {
    /// The URL of the page, without a slash at its end.
    let url: String
    private let program: RunningProgram

    /// Runs a test with a server, which keeps its data in a new directory.
    ///
    /// - Parameters:
    ///   - environment: Variables to set. Those that would select R2 aren't passed on from the tests' environment.
    ///   - body: The test.
    /// - Throws: An error if the server doesn't start. The errors of the test.
    static func with(
        _ environment: [String: String] = [:], _ body: (RunningServer) async throws -> Void
    ) async throws {
        let data = try Scratch()
        let program = try start(environment, in: data)
        do {
            try await body(RunningServer(url: try await url(of: program), program: program))
        } catch {
            program.kill()
            throw error
        }
        program.send(signal: SIGTERM)
        let outcome = try await program.outcome()
        guard outcome.status == 0 else {
            throw TestSupportError("video-server ended with status \(outcome.status): \(outcome.errors)")
        }
    }

    /// Runs a server that can't start, and returns what it says about the reason.
    ///
    /// - Parameter environment: Variables to set.
    /// - Returns: The text on standard error.
    /// - Throws: An error if the server starts, or ends with another status than 1.
    static func failure(_ environment: [String: String]) async throws -> String {
        let data = try Scratch()
        let program = try start(environment, in: data)
        if let address = try? await url(of: program) {
            program.kill()
            throw TestSupportError("video-server started at \(address)")
        }
        let outcome = try await program.outcome()
        guard outcome.status == 1 else {
            throw TestSupportError("video-server ended with status \(outcome.status): \(outcome.errors)")
        }
        return outcome.errors
    }

    private static func start(_ environment: [String: String], in data: Scratch) throws -> RunningProgram {
        var variables = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("R2_") && $0.key != "CLOUDFLARE_ACCOUNT_ID"
        }
        variables.merge(["PORT": "0", "DATA_DIRECTORY": data.directory.path, "STREAMS": "off"]) { $1 }
        variables.merge(environment) { $1 }
        // A thread of the tests can block signals, and programs inherit that.
        #if os(Linux)
        let command = ["env", "--default-signal", try BuiltProgram.path("video-server")]
        #else
        let command = ["env", try BuiltProgram.path("video-server")]
        #endif
        return try RunningProgram(command[0], Array(command.dropFirst()), environment: variables)
    }

    /// Waits until the server has printed the URL of the page, and returns the address on which it listens.
    private static func url(of program: RunningProgram) async throws -> String {
        while true {
            let isRunning = program.isRunning
            if program.output.contains(/\n\nhttps?:\/\/\S+\/\n/),
                let address = program.said.firstMatch(of: /listening on ([0-9a-f.:]+):(\d+)"/)
            {
                let host = address.1.contains(":") ? "[\(address.1)]" : String(address.1)
                return "http://\(host):\(address.2)"
            }
            guard isRunning else { throw TestSupportError("video-server doesn't run: \(program.said)") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The output and the log so far.
    var said: String { program.said }

    /// Asks the server to stop, and waits until it has.
    ///
    /// - Returns: The exit status.
    /// - Throws: An error if the output can't be read.
    func stop() async throws -> Int32 {
        program.send(signal: SIGTERM)
        return try await program.outcome().status
    }

    /// A response, whose body has been read.
    struct Reply: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: String
    }

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: The path and the query.
    ///   - json: The body.
    ///   - cookie: The value of the header `Cookie`.
    ///   - origin: The value of the header `Origin`. By default it's that of the page.
    ///   - fields: Further headers, and others in the place of those above.
    /// - Returns: The response.
    /// - Throws: An error if there is no response.
    func send(
        _ method: HTTPMethod, _ path: String, json: String? = nil, cookie: String? = nil, origin: String?? = nil,
        fields: [String: String] = [:]
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        if let origin = origin ?? url { request.headers.add(name: "origin", value: origin) }
        if let cookie { request.headers.add(name: "cookie", value: cookie) }
        if method == .POST || method == .PATCH { request.headers.add(name: "content-type", value: "application/json") }
        for (name, value) in fields { request.headers.replaceOrAdd(name: name, value: value) }
        if let json { request.body = .bytes(ByteBuffer(string: json)) }
        let response = try await HTTPClient.shared.execute(request, deadline: .distantFuture)
        let body = try await response.body.collect(upTo: 1 << 20)
        return Reply(status: Int(response.status.code), headers: response.headers, body: String(buffer: body))
    }

    /// Signs a person in, and returns the cookie.
    func signIn(_ person: String) async throws -> String {
        let reply = try await send(.POST, "/session", json: #"{"person": "\#(person)"}"#)
        guard reply.status == 200, let field = reply.headers.first(name: "set-cookie") else {
            throw TestSupportError("No cookie: \(reply)")
        }
        return String(field.prefix { $0 != ";" })
    }
}
#endif
