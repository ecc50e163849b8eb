#if Emulator
import Foundation
import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    /// Enables suites that require a browser if the environment requests them.
    static var inBrowser: Self {
        .enabled(
            if: ChromeDriver.isRequested,
            "set R2KIT_BROWSER=1, and install Chromium and chromedriver, to test in a browser")
    }
}

/// Chromium without a window, which chromedriver controls.
///
/// Source: W3C "WebDriver".
struct Browser: Sendable {
    /// A response of chromedriver that isn't what it should be.
    struct Failure: Error {
        let response: String
    }

    private let port: Int
    private let session: String

    /// Starts a browser, runs a test in it, and stops it.
    static func with(_ body: (Browser) async throws -> Void) async throws {
        try await ChromeDriver.with { port, profile in
            let browser = try await start(on: port, profile: profile)
            do {
                try await body(browser)
            } catch {
                _ = try? await call("DELETE", "/session/\(browser.session)", on: port)
                throw error
            }
            _ = try await call("DELETE", "/session/\(browser.session)", on: port)
        }
    }

    private static func start(on port: Int, profile: String) async throws -> Browser {
        let limit = 1000 * Int(Duration.onBusyMachine / .seconds(1))
        let capabilities: [String: Any] = [
            "goog:chromeOptions": ["args": ChromeDriver.arguments(profile: profile)],
            "timeouts": ["script": limit, "pageLoad": limit],
        ]
        let value = try await call(
            "POST", "/session", ["capabilities": ["alwaysMatch": capabilities]], on: port)
        guard let session = (value as? [String: Any])?["sessionId"] as? String else {
            throw Failure(response: "\(value)")
        }
        return Browser(port: port, session: session)
    }

    /// Opens a page.
    func open(_ url: String) async throws {
        _ = try await Self.call("POST", "/session/\(session)/url", ["url": url], on: port)
    }

    /// Runs the body of an asynchronous JavaScript function in the page.
    /// - Parameters:
    ///   - script: The body. Its argument is named `input`, and its result can be encoded as JSON.
    ///   - input: The argument.
    /// - Returns: The result.
    /// - Throws: An error if the script throws.
    func run<Input: Encodable, Output: Decodable>(_ script: String, _ input: Input) async throws -> Output {
        let wrapped = """
            const input = JSON.parse(arguments[0]), done = arguments[1];
            (async () => { \(script) })().then(
              value => done(JSON.stringify({ value })), error => done(JSON.stringify({ error: String(error) })));
            """
        let input = String(decoding: try JSONEncoder().encode(input), as: UTF8.self)
        let value = try await Self.call(
            "POST", "/session/\(session)/execute/async", ["script": wrapped, "args": [input]], on: port)
        guard let text = value as? String else { throw Failure(response: "\(value)") }
        let result = try JSONDecoder().decode(Result<Output>.self, from: Data(text.utf8))
        guard let output = result.value else { throw Failure(response: text) }
        return output
    }

    private struct Result<Output: Decodable>: Decodable {
        let value: Output?
    }

    /// Sends a command to chromedriver and returns the value of its response.
    private static func call(
        _ method: String, _ path: String, _ body: [String: Any] = [:], on port: Int
    ) async throws -> Any {
        let bytes = method == "POST" ? try JSONSerialization.data(withJSONObject: body) : Data()
        let head =
            "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(bytes.count)\r\n\r\n"
        let response = try await RawConnection.with(port: port) { exchange in
            try await exchange.send(Array(head.utf8) + bytes)
            return try await exchange.response()
        }
        let document = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        guard response.status == 200, let value = document?["value"] else { throw Failure(response: response.text) }
        return value
    }
}
#endif
