#if Emulator && Delivery && SQLite
import Foundation
import TestSupport

/// A command of W3C "WebDriver".
enum WebDriverCommand: Sendable {
    case navigate
    case refresh
    case executeAsyncScript
    case findElement
    case sendKeys(element: String)
}

/// A browser that a test controls.
protocol Browser: Sendable {
    /// Performs a command, and returns the value of its response.
    ///
    /// - Throws: A ``BrowserFailure`` for an error, and any error of the connection.
    func perform(_ command: WebDriverCommand, _ parameters: [String: Any]) async throws -> Any
}

/// A response of a browser that isn't what it should be, or an error of a script.
struct BrowserFailure: Error {
    let response: String
}

extension Browser {
    /// Opens a page.
    func open(_ page: String) async throws { _ = try await perform(.navigate, ["url": page]) }

    /// Loads the page again.
    func reload() async throws { _ = try await perform(.refresh, [:]) }

    /// Runs the body of an asynchronous JavaScript function in the page.
    ///
    /// In it, `until(condition)` waits until a function returns a value that is true, and returns the value.
    /// - Parameters:
    ///   - script: The body. Its result can be encoded as JSON.
    ///   - type: The type of the result.
    /// - Returns: The result.
    /// - Throws: A ``BrowserFailure`` if the script throws or has another result.
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
        let value = try await perform(.executeAsyncScript, ["script": wrapped, "args": [String]()])
        guard let text = value as? String else { throw BrowserFailure(response: "\(value)") }
        do {
            return try JSONDecoder().decode(ScriptResult<Output>.self, from: Data(text.utf8)).value
        } catch {
            throw BrowserFailure(response: text)
        }
    }

    /// Chooses a file in a file input, as a person does.
    func choose(_ file: String, in selector: String) async throws {
        let value = try await perform(.findElement, ["using": "css selector", "value": selector])
        guard let element = (value as? [String: Any])?.values.first as? String else {
            throw BrowserFailure(response: "\(value)")
        }
        _ = try await perform(.sendKeys(element: element), ["text": file])
    }
}

private struct ScriptResult<Output: Decodable>: Decodable {
    let value: Output
}
#endif
