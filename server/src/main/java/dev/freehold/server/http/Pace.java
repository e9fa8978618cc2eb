package dev.freehold.server.http;

import java.time.Duration;

/// How slow a client may be before it is cut, and how long its headers.
///
/// @param head from the first byte of a request to the end of its headers
/// @param body grace for a body, which from then on must keep up `bodyBytesPerSecond` on average
/// @param bodyBytesPerSecond the slowest body that is waited for
/// @param write one write that the client does not take
/// @param idle between two requests
/// @param headBytes most bytes read before the headers of a request end
public record Pace(
    Duration head,
    Duration body,
    long bodyBytesPerSecond,
    Duration write,
    Duration idle,
    int headBytes) {}
