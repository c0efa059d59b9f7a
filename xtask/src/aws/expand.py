"""A SAM template as CloudFormation, as JSON on standard output; offline.

usage: expand.py TEMPLATE [PARAMETER=VALUE ...]

Programs and nested templates get the addresses that `sam deploy` would give them, in a bucket that does not exist.
"""

import json
import logging
import sys

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

REGION = "eu-central-1"
PROGRAMS = "s3://programs/"
TEMPLATES = "https://programs.s3.amazonaws.com/"


def expand(path, given):
    with open(path, encoding="utf-8") as file:
        template = yaml_parse(file.read())
    for resource in template["Resources"].values():
        properties = resource["Properties"]
        if resource["Type"] == "AWS::Serverless::Function":
            properties["CodeUri"] = PROGRAMS + properties["CodeUri"]
        if resource["Type"] == "AWS::CloudFormation::Stack":
            properties["TemplateURL"] = TEMPLATES + properties["TemplateURL"]
    parameters = {name: one.get("Default", "") for name, one in template["Parameters"].items()}
    parameters |= {"AWS::Region": REGION, "Architecture": "x86_64"} | given
    session = boto3.session.Session(region_name=REGION)
    return Translator({}, Parser(), None, session).translate(template, parameters)


logging.disable(logging.CRITICAL)
given = dict(argument.split("=", 1) for argument in sys.argv[2:])
json.dump(expand(sys.argv[1], given), sys.stdout, indent=1, default=str)
