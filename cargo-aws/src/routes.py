"""Makes the routes of a deployed HTTP API from the template that was deployed, as AWS does from the API's body: MiniStack
imports it for REST APIs alone. Prints the id of the API, then each queue: its logical id, a tab, its URL.

usage: routes.py STACK, with AWS_ENDPOINT_URL and credentials in the environment
"""

import json
import re
import sys

import boto3

stack = sys.argv[1]
cloudformation, gateway = boto3.client("cloudformation"), boto3.client("apigatewayv2")

template = cloudformation.get_template(StackName=stack, TemplateStage="Processed")["TemplateBody"]
template = json.loads(template) if isinstance(template, str) else template
resources = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
physical = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}

for name, resource in template["Resources"].items():
    if resource["Type"] != "AWS::ApiGatewayV2::Api":
        continue
    api = physical[name]
    for path, operations in resource["Properties"]["Body"]["paths"].items():
        for method, operation in operations.items():
            uri = json.dumps(operation["x-amazon-apigateway-integration"]["uri"])
            function = physical[re.search(r"functions/\$\{(\w+?)(?:Aliaslive)?(?:\.Arn)?\}", uri).group(1)]
            target = f"arn:aws:lambda:us-east-1:000000000000:function:{function}"
            integration = gateway.create_integration(
                ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=target, PayloadFormatVersion="2.0"
            )
            route = "$default" if operation.get("isDefaultRoute") else f"{method.upper()} {path}"
            gateway.create_route(ApiId=api, RouteKey=route, Target=f"integrations/{integration['IntegrationId']}")
    print(api)

for resource in resources:
    if resource["ResourceType"] == "AWS::SQS::Queue":
        print(resource["LogicalResourceId"], resource["PhysicalResourceId"], sep="\t")
