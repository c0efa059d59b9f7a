// What the CDN asks before it looks for a file (CloudFront Functions, cloudfront-js-2.0): the pages' addresses lead to their
// files, as in shared/pages/src/routes.rs. Before it stand PAGES, HOME, FILES and FOLDERS.

function handler(event) {
  const request = event.request;
  const path = request.uri;
  if (path === '/') return begin();
  const segments = path.toLowerCase().replace(/%2e/g, '.').split('/');
  const name = segments[segments.length - 1];
  if (segments.includes('.') || segments.includes('..')) return missing();
  const page = PAGES.find((one) => path === one.address || path.startsWith(one.address + '/'));
  if (page) {
    // Whoever asks for a file means no page.
    if (name.includes('.')) return missing();
    request.uri = page.file;
    return request;
  }
  return FILES.includes(path) || FOLDERS.some((folder) => path.startsWith(folder)) ? request : missing();
}

/** Where somebody begins who only knows the host's name. It may be elsewhere tomorrow, so nobody keeps it. */
function begin() {
  return { statusCode: 302, statusDescription: 'Found', headers: { location: { value: HOME }, 'cache-control': { value: 'no-store' } } };
}

function missing() {
  return { statusCode: 404, statusDescription: 'Not Found' };
}
