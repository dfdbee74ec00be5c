#include "tui/view/specialisation.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct meaning { const char *name, *text; };

static const struct meaning forms[] = {
    {"BINARY_OP_ADD_FLOAT", "both operands were floats"},
    {"BINARY_OP_ADD_INT", "both operands were ints"},
    {"BINARY_OP_ADD_UNICODE", "both operands were strings"},
    {"BINARY_OP_EXTEND", "the operands were of a pair of types that has a fast form, such as a float and an int"},
    {"BINARY_OP_INPLACE_ADD_UNICODE", "a string was added to a variable, which grows in place"},
    {"BINARY_OP_MULTIPLY_FLOAT", "both operands were floats"},
    {"BINARY_OP_MULTIPLY_INT", "both operands were ints"},
    {"BINARY_OP_SUBSCR_DICT", "a dict was looked into"},
    {"BINARY_OP_SUBSCR_GETITEM", "the object's class has a __getitem__ written in Python, which is entered directly"},
    {"BINARY_OP_SUBSCR_LIST_INT", "an item of a list was taken by a small int"},
    {"BINARY_OP_SUBSCR_LIST_SLICE", "a slice of a list was taken"},
    {"BINARY_OP_SUBSCR_STR_INT", "a character of a string was taken by a small int"},
    {"BINARY_OP_SUBSCR_TUPLE_INT", "an item of a tuple was taken by a small int"},
    {"BINARY_OP_SUBSCR_USTR_INT", "a character of a string beyond ASCII was taken by a small int"},
    {"BINARY_OP_SUBTRACT_FLOAT", "both operands were floats"},
    {"BINARY_OP_SUBTRACT_INT", "both operands were ints"},
    {"BINARY_SUBSCR_DICT", "a dict was looked into"},
    {"BINARY_SUBSCR_GETITEM", "the object's class has a __getitem__ written in Python, which is entered directly"},
    {"BINARY_SUBSCR_LIST_INT", "an item of a list was taken by a small int"},
    {"BINARY_SUBSCR_STR_INT", "a character of a string was taken by a small int"},
    {"BINARY_SUBSCR_TUPLE_INT", "an item of a tuple was taken by a small int"},
    {"CALL_ALLOC_AND_ENTER_INIT", "a Python class was called: its __init__ is entered directly"},
    {"CALL_BOUND_METHOD", "a bound method was called"},
    {"CALL_BOUND_METHOD_EXACT_ARGS", "a method written in Python was called with just its arguments: it is entered directly"},
    {"CALL_BOUND_METHOD_GENERAL", "a method written in Python was called: it is entered directly"},
    {"CALL_BUILTIN_CLASS", "a class written in C was called"},
    {"CALL_BUILTIN_FAST", "a C function was called with positional arguments"},
    {"CALL_BUILTIN_FAST_WITH_KEYWORDS", "a C function that takes keywords was called"},
    {"CALL_BUILTIN_O", "a C function of one argument was called"},
    {"CALL_EX_NON_PY_GENERAL", "something that is not written in Python was called with * or **"},
    {"CALL_EX_PY", "a Python function was called with * or **: it is entered directly"},
    {"CALL_ISINSTANCE", "isinstance() was called"},
    {"CALL_KW_BOUND_METHOD", "a method written in Python was called with keywords: it is entered directly"},
    {"CALL_KW_NON_PY", "something that is not written in Python was called with keywords"},
    {"CALL_KW_PY", "a Python function was called with keywords: it is entered directly"},
    {"CALL_LEN", "len() was called"},
    {"CALL_LIST_APPEND", "list.append() was called"},
    {"CALL_METHOD_DESCRIPTOR_FAST", "a method written in C was called with positional arguments"},
    {"CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS", "a method written in C that takes keywords was called"},
    {"CALL_METHOD_DESCRIPTOR_NOARGS", "a method written in C was called without arguments"},
    {"CALL_METHOD_DESCRIPTOR_O", "a method written in C was called with one argument"},
    {"CALL_NON_PY_GENERAL", "something that is not written in Python was called"},
    {"CALL_PYFUNC", "a Python function was called"},
    {"CALL_PY_EXACT_ARGS", "a Python function was called with just its arguments: it is entered directly"},
    {"CALL_PY_GENERAL", "a Python function was called: it is entered directly"},
    {"CALL_PY_WITH_DEFAULTS", "a Python function was called, some of its arguments by default: it is entered directly"},
    {"CALL_STR_1", "str() was called with one argument"},
    {"CALL_TUPLE_1", "tuple() was called with one argument"},
    {"CALL_TYPE_1", "type() was called with one argument"},
    {"COMPARE_OP_FLOAT", "two floats were compared"},
    {"COMPARE_OP_FLOAT_JUMP", "two floats were compared, and the jump behind it is part of it"},
    {"COMPARE_OP_INT", "two small ints were compared"},
    {"COMPARE_OP_INT_JUMP", "two small ints were compared, and the jump behind it is part of it"},
    {"COMPARE_OP_STR", "two strings were compared for equality"},
    {"COMPARE_OP_STR_JUMP", "two strings were compared for equality, and the jump behind it is part of it"},
    {"CONTAINS_OP_DICT", "a dict was looked into"},
    {"CONTAINS_OP_SET", "a set was looked into"},
    {"FOR_ITER_GEN", "a generator was looped over: it is entered directly"},
    {"FOR_ITER_LIST", "a list was looped over"},
    {"FOR_ITER_RANGE", "a range was looped over"},
    {"FOR_ITER_TUPLE", "a tuple was looped over"},
    {"FOR_ITER_VIRTUAL", "what was looped over is gone through by index, without an iterator"},
    {"GET_ITER_SELF", "what is looped over is an iterator already"},
    {"GET_ITER_VIRTUAL", "what is looped over can be gone through by index, without an iterator"},
    {"JUMP_BACKWARD_JIT", "the loop is watched, to be compiled to machine code when it is hot"},
    {"JUMP_BACKWARD_NO_JIT", "this interpreter does not compile loops to machine code"},
    {"LOAD_ATTR_CLASS", "an attribute of a class was taken"},
    {"LOAD_ATTR_CLASS_WITH_METACLASS_CHECK", "an attribute of a class that has a metaclass was taken"},
    {"LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN", "the object's class has a __getattribute__ written in Python, which is entered directly"},
    {"LOAD_ATTR_INSTANCE_VALUE", "the attribute was found in the object itself, at a place that is known, without a dict"},
    {"LOAD_ATTR_METHOD_LAZY_DICT", "a method was found in the class; the object has no dict so far"},
    {"LOAD_ATTR_METHOD_NO_DICT", "a method was found in the class; its objects have no dict"},
    {"LOAD_ATTR_METHOD_WITH_VALUES", "a method was found in the class, and nothing in the object stands before it"},
    {"LOAD_ATTR_MODULE", "an attribute of a module was taken"},
    {"LOAD_ATTR_NONDESCRIPTOR_NO_DICT", "a plain value was found in the class; its objects have no dict"},
    {"LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES", "a plain value was found in the class, and nothing in the object stands before it"},
    {"LOAD_ATTR_PROPERTY", "the attribute is a property written in Python, which is entered directly"},
    {"LOAD_ATTR_SLOT", "the attribute is one of __slots__"},
    {"LOAD_ATTR_WITH_HINT", "the attribute was found in the object's dict, at a place that is remembered"},
    {"LOAD_CONST_IMMORTAL", "the constant lives for ever: its references are not counted"},
    {"LOAD_CONST_MORTAL", "the constant's references are counted"},
    {"LOAD_GLOBAL_BUILTIN", "the name was found among the builtins, and neither dict has got other keys since"},
    {"LOAD_GLOBAL_MODULE", "the name was found in the module, whose dict has got no other keys since"},
    {"LOAD_METHOD_CLASS", "a method of a class was taken"},
    {"LOAD_METHOD_LAZY_DICT", "a method was found in the class; the object has no dict so far"},
    {"LOAD_METHOD_MODULE", "a function of a module was taken"},
    {"LOAD_METHOD_NO_DICT", "a method was found in the class; its objects have no dict"},
    {"LOAD_METHOD_WITH_DICT", "a method was found in the class, and the object's dict has not changed its keys"},
    {"LOAD_METHOD_WITH_VALUES", "a method was found in the class, and nothing in the object stands before it"},
    {"LOAD_SUPER_ATTR_ATTR", "super() was the builtin one, and an attribute was taken from it"},
    {"LOAD_SUPER_ATTR_METHOD", "super() was the builtin one, and a method was taken from it"},
    {"RESUME_CHECK", "nothing waited to be done when the function began"},
    {"RESUME_CHECK_JIT", "nothing waited to be done when the function began, and it is watched, to be compiled when it is hot"},
    {"SEND_ASYNC_GEN", "an asynchronous generator was sent to: it is entered directly"},
    {"SEND_GEN", "a generator or coroutine was sent to: it is entered directly"},
    {"SEND_VIRTUAL", "what was delegated to is gone through by index, without an iterator"},
    {"STORE_ATTR_INSTANCE_VALUE", "the attribute is kept in the object itself, at a place that is known, without a dict"},
    {"STORE_ATTR_SLOT", "the attribute is one of __slots__"},
    {"STORE_ATTR_WITH_HINT", "the attribute stands in the object's dict, at a place that is remembered"},
    {"STORE_SUBSCR_DICT", "a dict was stored into"},
    {"STORE_SUBSCR_LIST_INT", "an item of a list was replaced, by a small int"},
    {"TO_BOOL_ALWAYS_TRUE", "objects of this class are always true"},
    {"TO_BOOL_BOOL", "it was True or False already"},
    {"TO_BOOL_INT", "an int was tested"},
    {"TO_BOOL_LIST", "a list was tested"},
    {"TO_BOOL_NONE", "None was tested"},
    {"TO_BOOL_STR", "a string was tested"},
    {"UNPACK_SEQUENCE_LIST", "a list of just as many items was unpacked"},
    {"UNPACK_SEQUENCE_TUPLE", "a tuple of just as many items was unpacked"},
    {"UNPACK_SEQUENCE_TWO_TUPLE", "a tuple of two was unpacked"},
};

static const struct meaning failures[] = {
    {"BINARY_OP", "the operands are of other types than the fast forms are for, or keep changing"},
    {"BINARY_SUBSCR", "what is looked into is of another type than the fast forms are for, or keeps changing"},
    {"CALL", "what is called has no fast form, or keeps changing"},
    {"CALL_FUNCTION_EX", "what is called has no fast form, or keeps changing"},
    {"CALL_KW", "what is called has no fast form, or keeps changing"},
    {"COMPARE_OP", "the operands are of other types than the fast forms are for, or keep changing"},
    {"CONTAINS_OP", "what is looked into is neither a set nor a dict, or keeps changing"},
    {"FOR_ITER", "what is looped over is of another type than the fast forms are for, or keeps changing"},
    {"GET_ITER", "what is looped over is of another type than the fast forms are for, or keeps changing"},
    {"LOAD_ATTR", "the objects' classes keep changing, or find the attribute in a way that cannot be remembered"},
    {"LOAD_GLOBAL", "the names around it keep changing, or are too many"},
    {"LOAD_METHOD", "the objects' classes keep changing, or find the method in a way that cannot be remembered"},
    {"LOAD_SUPER_ATTR", "super is not the builtin one here"},
    {"PRECALL", "what is called has no fast form, or keeps changing"},
    {"SEND", "what is delegated to is of another type than the fast forms are for, or keeps changing"},
    {"STORE_ATTR", "the objects' classes keep changing, or keep the attribute in a way that cannot be remembered"},
    {"STORE_SUBSCR", "what is stored into is of another type than the fast forms are for, or keeps changing"},
    {"TO_BOOL", "what is tested is of another type than the fast forms are for, or keeps changing"},
    {"UNPACK_SEQUENCE", "what is unpacked is neither a tuple nor a list, or keeps changing"},
};

static const char *find(const struct meaning *meanings, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(meanings[i].name, name) == 0)
            return meanings[i].text;
    return NULL;
}

/* 3.11 calls in two steps: what PRECALL is specialised to are the forms of later versions' CALL. */
static const char *find_precall(const char *form) {
    static const char prefix[] = "PRECALL_", no_keywords[] = "NO_KW_";
    char name[64];
    if (strncmp(form, prefix, sizeof prefix - 1) != 0)
        return NULL;
    form += sizeof prefix - 1;
    if (strncmp(form, no_keywords, sizeof no_keywords - 1) == 0)
        form += sizeof no_keywords - 1;
    snprintf(name, sizeof name, "CALL_%s", form);
    return find(forms, sizeof forms / sizeof *forms, name);
}

const char *specialisation_meaning(const char *form) {
    const char *text = find(forms, sizeof forms / sizeof *forms, form);
    if (!text)
        text = find_precall(form);
    if (text)
        return text;
    if (strstr(form, "__"))
        return "it and the instruction behind it run as one";
    return "a faster form for what was seen here";
}

const char *specialisation_failure(const char *opname) {
    const char *text = find(failures, sizeof failures / sizeof *failures, opname);
    return text ? text : "no fast form is for what comes here, or it keeps changing";
}
