/// Worthless secrets, which must not appear in any description or error.
enum Secrets {
    static let key = "kq7x9sJ2vN4bT6wY8zC1mR3pL5hG0dFa"
    static let token = "tV2nB4mK6jH8gF0dS1aQ3wE5rT7yU9iO"

    static func check(absentFrom text: String) {
        for secret in [key, token] { fuzz.check(!text.hasBytes(secret), "a secret is shown: \(text)") }
    }
}
