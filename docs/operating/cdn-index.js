// A CloudFront function (viewer request) in front of a bucket: /privacy/ is the
// object privacy/index.html, which a bucket does not know by itself.
function handler(event) {
  var request = event.request;
  if (request.uri.endsWith("/")) {
    request.uri += "index.html";
  } else if (!request.uri.split("/").pop().includes(".") && !request.uri.endsWith("/_headers")) {
    return { statusCode: 301, statusDescription: "Moved Permanently",
      headers: { location: { value: request.uri + "/" } } };
  }
  return request;
}
