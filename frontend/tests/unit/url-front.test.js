// What stands before functions in the scenario across origins: it answers CORS as a function URL does.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { test } from 'node:test';
import { urlsOf } from '../functions/template.js';
import { UrlFront } from '../functions/url-front.js';

const PAGES = 'http://pages.example';
const CORS = { AllowOrigins: [PAGES], AllowMethods: ['GET', 'POST'], AllowHeaders: ['authorization'], ExposeHeaders: ['etag', 'date'], MaxAge: 3600 };

/** A function that allows everybody, and tells what it was asked. */
async function withFunction(cors, use) {
  const seen = [];
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    seen.push({ method: request.method, url: request.url, host: request.headers.host, body });
    response.writeHead(201, { 'access-control-allow-origin': '*', 'access-control-max-age': '1', etag: '"1"' });
    response.end('made');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${server.address().port}`;
  const front = await UrlFront.start(`http://${host}/lambda-url/place-order`, cors);
  try {
    await use({ front, seen, host });
  } finally {
    await front.stop();
    server.closeAllConnections();
    server.close();
  }
}

/** Like fetch, which would keep headers of CORS for itself. */
async function send(url, method, headers, body) {
  const request = http.request(url, { method, headers });
  request.end(body);
  const [reply] = await once(request, 'response');
  let text = '';
  for await (const piece of reply) text += piece;
  const cors = Object.entries(reply.headers).filter(([name]) => name.startsWith('access-control-') || name === 'vary');
  return { status: reply.statusCode, headers: reply.headers, cors: Object.fromEntries(cors), text };
}

const preflight = (origin) => ({ origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' });

test('a preflight is answered by the front, for origins that are allowed', () => withFunction(CORS, async ({ front, seen }) => {
  const allowed = await send(`${front.url}/v1/orders`, 'OPTIONS', preflight(PAGES));
  assert.equal(allowed.status, 200);
  assert.deepEqual(allowed.cors, {
    'access-control-allow-origin': PAGES, vary: 'Origin',
    'access-control-allow-methods': 'GET,POST', 'access-control-allow-headers': 'authorization', 'access-control-max-age': '3600',
  });
  const other = await send(`${front.url}/v1/orders`, 'OPTIONS', preflight('http://other.example'));
  assert.deepEqual(other.cors, {});
  assert.deepEqual(seen, []);
}));

test('everything else is handed on, and what the function says of CORS is not', () => withFunction(CORS, async ({ front, seen, host }) => {
  const reply = await send(`${front.url}/v1/orders?a=%20b`, 'POST', { origin: PAGES }, 'body');
  assert.deepEqual([reply.status, reply.text, reply.headers.etag], [201, 'made', '"1"']);
  assert.deepEqual(reply.cors, { 'access-control-allow-origin': PAGES, 'access-control-expose-headers': 'etag,date', vary: 'Origin' });
  assert.deepEqual(seen, [{ method: 'POST', url: '/lambda-url/place-order/v1/orders?a=%20b', host, body: 'body' }]);
  for (const headers of [{}, { origin: 'http://other.example' }, { origin: 'null' }]) assert.deepEqual((await send(front.url, 'GET', headers)).cors, {});
}));

test('a URL without a configuration allows nobody, and its function is asked itself', () => withFunction(null, async ({ front, seen }) => {
  assert.deepEqual((await send(front.url, 'OPTIONS', preflight(PAGES))).cors, {});
  assert.deepEqual((await send(front.url, 'GET', { origin: PAGES })).cors, {});
  assert.equal(seen.length, 2);
}));

test('a function that does not answer is 502', async () => {
  const front = await UrlFront.start('http://127.0.0.1:9', CORS);
  assert.equal((await send(front.url, 'GET', { origin: PAGES })).status, 502);
  await front.stop();
});

test('what a template says of a URL is reckoned for the stage', () => {
  const rules = { 'Fn::If': ['HasCorsOrigins', { AllowOrigins: { 'Fn::Split': [',', { Ref: 'CorsOrigins' }] }, MaxAge: 60 }, { Ref: 'AWS::NoValue' }] };
  const template = {
    Parameters: { CorsOrigins: { Default: '' } },
    Conditions: { HasCorsOrigins: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'CorsOrigins' }, ''] }] } },
    Resources: {
      PlaceOrder: { Type: 'AWS::Lambda::Function' },
      PlaceOrderAliaslive: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'PlaceOrder' } } },
      PlaceOrderUrl: { Properties: { TargetFunctionArn: { Ref: 'PlaceOrder' }, Cors: rules } },
    },
    Outputs: { PlaceOrderUrl: { Value: { 'Fn::GetAtt': ['PlaceOrderUrl', 'FunctionUrl'] } }, TopicArn: { Value: { Ref: 'Topic' } } },
  };
  const around = { Outputs: { PlaceOrderUrl: { Value: { 'Fn::GetAtt': ['Orders', 'Outputs.PlaceOrderUrl'] } } } };
  const templates = [around, template];
  const [open] = urlsOf({ templates, parameters: { CorsOrigins: 'http://a.example,http://b.example' } });
  assert.deepEqual(open, { output: 'PlaceOrderUrl', name: 'place-order', cors: { AllowOrigins: ['http://a.example', 'http://b.example'], MaxAge: 60 } });
  const closed = [{ output: 'PlaceOrderUrl', name: 'place-order', cors: null }];
  assert.deepEqual(urlsOf({ templates, parameters: {} }), closed);
  template.Resources.PlaceOrderUrl.Properties.TargetFunctionArn = { Ref: 'PlaceOrderAliaslive' };
  assert.deepEqual(urlsOf({ templates, parameters: {} }), closed);
});
