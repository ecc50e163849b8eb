#if Emulator && Delivery && SQLite
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    /// Enables suites that require a browser if the environment requests them.
    static var inBrowser: Self {
        .enabled(
            if: ChromeDriver.isRequested,
            "set R2KIT_BROWSER=1, and install Chromium, chromedriver and ffmpeg, to test in a browser")
    }
}

/// Chromium without a window, which chromedriver controls.
///
/// Source: W3C "WebDriver".
struct Chromium: Sendable {
    /// A response of chromedriver that isn't what it should be, or an error of a script.
    struct Failure: Error {
        let response: String
    }

    private let url: String

    /// Starts a browser, runs a test in it, and stops it.
    static func with(_ body: (Chromium) async throws -> Void) async throws {
        try await ChromeDriver.with { port, profile in
            let browser = try await start(on: port, profile: profile)
            do {
                try await body(browser)
            } catch {
                _ = try? await Self.call(.DELETE, browser.url)
                throw error
            }
            _ = try await Self.call(.DELETE, browser.url)
        }
    }

    private static func start(on port: Int, profile: String) async throws -> Chromium {
        let arguments =
            ChromeDriver.arguments(profile: profile)
            + ["--autoplay-policy=no-user-gesture-required", "--window-size=1100,1000"]
        let limit = 1000 * Int(Duration.onBusyMachine / .seconds(1))
        let capabilities: [String: Any] = [
            "goog:chromeOptions": ["args": arguments], "timeouts": ["script": limit, "pageLoad": limit],
            "goog:loggingPrefs": ["browser": "ALL"],
        ]
        let base = "http://127.0.0.1:\(port)/session"
        let value = try await call(.POST, base, ["capabilities": ["alwaysMatch": capabilities]])
        guard let session = (value as? [String: Any])?["sessionId"] as? String else {
            throw Failure(response: "\(value)")
        }
        return Chromium(url: "\(base)/\(session)")
    }

    /// Opens a page.
    func open(_ page: String) async throws { _ = try await Self.call(.POST, "\(url)/url", ["url": page]) }

    /// Loads the page again.
    func reload() async throws { _ = try await Self.call(.POST, "\(url)/refresh") }

    /// Runs the body of an asynchronous JavaScript function in the page.
    ///
    /// In it, `until(condition)` waits until a function returns a value that is true, and returns the value.
    /// - Parameters:
    ///   - script: The body. Its result can be encoded as JSON.
    ///   - type: The type of the result.
    /// - Returns: The result.
    /// - Throws: ``Failure`` if the script throws or has another result.
    @discardableResult
    func run<Output: Decodable>(_ script: String, as type: Output.Type = Bool?.self) async throws -> Output {
        let wrapped = """
            const done = arguments[0];
            const until = async (condition) => {
              for (;;) {
                const value = await condition();
                if (value) return value;
                await new Promise((resolve) => setTimeout(resolve, 20));
              }
            };
            (async () => { \(script) })().then(
              value => done(JSON.stringify({ value: value ?? null })), error => done(JSON.stringify({ error: String(error) })));
            """
        let value = try await Self.call(.POST, "\(url)/execute/async", ["script": wrapped, "args": [String]()])
        guard let text = value as? String else { throw Failure(response: "\(value)") }
        do {
            return try JSONDecoder().decode(Result<Output>.self, from: Data(text.utf8)).value
        } catch {
            throw Failure(response: text)
        }
    }

    private struct Result<Output: Decodable>: Decodable {
        let value: Output
    }

    /// Chooses a file in a file input, as a person does.
    func choose(_ file: String, in selector: String) async throws {
        let value = try await Self.call(
            .POST, "\(url)/element", ["using": "css selector", "value": selector])
        guard let element = (value as? [String: Any])?.values.first as? String else {
            throw Failure(response: "\(value)")
        }
        _ = try await Self.call(.POST, "\(url)/element/\(element)/value", ["text": file])
    }

    /// Sends a command of the Chrome DevTools Protocol.
    func command(_ name: String, _ parameters: [String: Any] = [:]) async throws {
        _ = try await Self.call(.POST, "\(url)/goog/cdp/execute", ["cmd": name, "params": parameters])
    }

    /// Stores a picture of the page.
    func screenshot(to file: URL) async throws {
        let value = try await Self.call(.GET, "\(url)/screenshot")
        guard let text = value as? String, let data = Data(base64Encoded: text) else {
            throw Failure(response: "no screenshot")
        }
        try data.write(to: file)
    }

    /// Returns the errors that the console has shown since the last call, such as violations of the security policy.
    func consoleErrors() async throws -> [String] {
        let value = try await Self.call(.POST, "\(url)/se/log", ["type": "browser"])
        return (value as? [[String: Any]] ?? []).filter { $0["level"] as? String == "SEVERE" }.map { "\($0)" }
    }

    /// Sends a command to chromedriver and returns the value of its response.
    private static func call(
        _ method: HTTPMethod, _ url: String, _ body: [String: Any] = [:]
    ) async throws -> Any {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if method == .POST {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try JSONSerialization.data(withJSONObject: body)))
        }
        let response = try await HTTPClient.shared.execute(request, deadline: .distantFuture)
        let bytes = try await response.body.collect(upTo: 1 << 26)
        let document = try JSONSerialization.jsonObject(with: Data(bytes.readableBytesView)) as? [String: Any]
        guard response.status == .ok, let value = document?["value"] else {
            throw Failure(response: String(buffer: bytes))
        }
        return value
    }
}
#endif
