#if Emulator
import Foundation
import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    /// Enables suites that require a browser if the environment requests them.
    ///
    /// If it does, a browser that can't be started is a failure.
    static var inBrowser: Self {
        .enabled(
            if: ProcessInfo.processInfo.environment["R2KIT_BROWSER"] == "1",
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
        let profile = try Scratch()
        // It prints the port that it chose. A thread of the tests can block signals, without which Chromium ends.
        #if os(Linux)
        let driver = try RunningProgram("env", ["--default-signal", "chromedriver", "--port=0"])
        #else
        let driver = try RunningProgram("chromedriver", ["--port=0"])
        #endif
        do {
            let port = try await port(of: driver)
            let browser = try await start(on: port, profile: profile.directory.path)
            do {
                try await body(browser)
            } catch {
                _ = try? await call("DELETE", "/session/\(browser.session)", on: port)
                throw error
            }
            _ = try await call("DELETE", "/session/\(browser.session)", on: port)
        } catch {
            driver.send(signal: SIGTERM)
            throw error
        }
        driver.send(signal: SIGTERM)
        _ = try await driver.outcome()
    }

    private static func port(of driver: RunningProgram) async throws -> Int {
        while true {
            let isRunning = driver.isRunning
            if let port = driver.said.firstMatch(of: /started successfully on port (\d+)/).flatMap({ Int($0.1) }) {
                return port
            }
            guard isRunning else { throw TestSupportError("chromedriver doesn't run: \(driver.said)") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private static func start(on port: Int, profile: String) async throws -> Browser {
        let arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server",
            "--no-first-run", "--user-data-dir=\(profile)",
        ]
        let limit = 1000 * Int(Duration.onBusyMachine / .seconds(1))
        let capabilities: [String: Any] = [
            "goog:chromeOptions": ["args": arguments], "timeouts": ["script": limit, "pageLoad": limit],
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
