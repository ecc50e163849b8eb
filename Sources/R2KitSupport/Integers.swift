extension FixedWidthInteger {
    /// Divides, rounding the quotient down, so that the remainder is never negative.
    /// - Parameter divisor: A number above zero.
    /// - Returns: The quotient and the remainder, from 0 to `divisor - 1`.
    package func flooredDivision(by divisor: Self) -> (quotient: Self, remainder: Self) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// Returns the decimal digits of a number, with leading zeros up to a width.
    /// - Parameter width: The minimum number of characters.
    /// - Returns: The digits.
    package func padded(to width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.utf8.count)) + digits
    }
}
